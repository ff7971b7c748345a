import { Expected } from '../lib/lifetime.mjs';
import { databaseEvidence, projectEvidence } from './evidence.mjs';
import { say, step, table } from './terminal.mjs';

const [mine, theirs] = [1, 2];

/** What a script that ran against the wrong project does. */
const damages = [
  // Not the area itself: MySQL 9.7.4 leaves rows behind when a delete cascades through three tables.
  [
    'Delete the strings of its second area, and so their translations',
    `DELETE FROM strings WHERE section_id IN (SELECT s.id FROM sections s
      JOIN areas a ON a.id = s.area_id WHERE a.project_id = ${mine} AND a.position = 2)`,
  ],
  [
    'Overwrite its German texts',
    `UPDATE translations SET value = 'TEST' WHERE locale = 'de' AND string_id IN (SELECT t.id FROM strings t
      JOIN sections s ON s.id = t.section_id JOIN areas a ON a.id = s.area_id WHERE a.project_id = ${mine})`,
  ],
  ['Rename it', `UPDATE projects SET name = 'asdf' WHERE id = ${mine}`],
];

/** Tells the whole story on a running service; throws Expected where something is not as it must be. */
export async function tellStory(api, database) {
  step('Two tenants share one database');
  const before = await look(database);
  show(before);

  step('Back up the whole database');
  const full = await api.post('/api/v1/backup', { description: 'Before the demo breaks things' });
  showBackup(full.backup);

  step(`Back up project ${mine} alone`);
  const project = await api.post(`/api/v1/projects/${mine}/backup`);
  showBackup(project.backup);
  say(
    Object.entries(project.backup.data_summary)
      .map(([name, rows]) => `${name} ${rows}`)
      .join(', '),
  );

  step(`A bad script damages project ${mine}`);
  for (const [what, sql] of damages) {
    const rows = await database.run(sql);
    say(`${what} (${rows} ${rows === 1 ? 'row' : 'rows'})`);
  }
  const damaged = await look(database);
  show(damaged);
  demand(damaged.mine.checksum !== before.mine.checksum, 'the damage did no damage');

  step(`Restore project ${mine}`);
  await api.post(`/api/v1/projects/${mine}/backup/restore`, { filename: project.backup.filename });
  const undamaged = await look(database);
  show(undamaged);
  demand(undamaged.mine.checksum === before.mine.checksum, `project ${mine} is not as it was`);
  for (const moment of [damaged, undamaged]) {
    demand(moment.theirs.checksum === before.theirs.checksum, `project ${theirs} has changed`);
  }
  say(`Proof: project ${mine} is as it was, row for row; project ${theirs} never changed.`);

  step('Worse: a table is dropped');
  await database.run('DROP TABLE translations');
  const gone = await database.rows('SELECT x.* FROM translations x').then(
    () => false,
    (error) => error.message,
  );
  demand(gone !== false, 'the table is still there');
  say(`SELECT ... FROM translations: ${gone}`);

  step('Restore the whole database');
  await api.post('/api/v1/backup/restore', { filename: full.backup.filename });
  const after = await look(database);
  show(after);
  demand(after.whole.checksum === before.whole.checksum, 'the database is not as it was');
  say('Proof: every row of every table is as it was.');
  return { full: full.backup.filename, project: project.backup.filename };
}

async function look(database) {
  return {
    mine: await projectEvidence(database, mine),
    theirs: await projectEvidence(database, theirs),
    whole: await databaseEvidence(database),
    names: Object.fromEntries(await database.rows('SELECT id, name FROM projects')),
  };
}

function show({ mine: own, theirs: other, whole, names }) {
  const line = (what, name, { rows, checksum }) => [
    what,
    name,
    rows,
    'rows',
    `sha256 ${checksum.slice(0, 16)}`,
  ];
  table([
    line(`project ${mine}`, names[mine] ?? '', own),
    line(`project ${theirs}`, names[theirs] ?? '', other),
    line('everything', 'with the shared users', whole),
  ]);
}

function showBackup({ filename, filesize_formatted: size }) {
  say(`-> ${filename}, ${size}`);
}

function demand(holds, otherwise) {
  if (!holds) throw new Expected(`The demo failed: ${otherwise}.`);
}
