import {
  createLocalization,
  removeAreas,
  removeProject,
  removeSections,
  removeStrings,
  resetLocalization,
  rowsOfOthers,
  rowsOfProject,
} from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { triggerSql } from '../factories/trigger.js';
import { type RunningApp, startApp } from '../support/app.js';

const keptPerProject = 4;

describeOnEngines('Backups of one project', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    service = await startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_MAX_PROJECT_BACKUPS: String(keptPerProject),
    });
    backups = await ProjectBackups.of(service);
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });
  beforeEach(() => resetLocalization(target));

  const damages: [what: string, sql: string][] = [
    ['members were removed', 'DELETE FROM members WHERE project_id = 1'],
    ['an area with all below it was removed', removeAreas('id = 11')],
    ['the area of a cycle was removed', removeAreas('id = 10')],
    ['a section with those below it was removed', removeSections('id IN (101, 105)')],
    ['strings were removed', removeStrings('id IN (1000, 1008, 1017)')],
    ['translations were removed', `DELETE FROM translations WHERE string_id < 1010 AND language = 'nb'`],
    ['reviews were removed', 'DELETE FROM reviews WHERE string_id < 2000'],
    [
      'rows of a table without a key were removed',
      `DELETE FROM notes WHERE project_id = 1 AND body = 'twice'`,
    ],
    ['all areas were removed', removeAreas('project_id = 1')],
    ['texts were changed', `UPDATE strings SET source = 'gone' WHERE id < 1009`],
    ['a text changed in case and space only', `UPDATE strings SET source = 'Plain ' WHERE id = 1000`],
    ['the project row was changed', `UPDATE projects SET name = 'Other', settings = NULL WHERE id = 1`],
    ['a value became null', 'UPDATE translations SET translator_id = NULL WHERE string_id < 2000'],
    ['a null became a value', `UPDATE reviews SET verdict = 'new', area_id = 11 WHERE string_id < 2000`],
    ['rows without a key were changed', 'UPDATE notes SET weight = 7 WHERE project_id = 1'],
    [
      'rows were added at every level',
      `INSERT INTO members VALUES (1, 3, 'member');
       INSERT INTO areas VALUES (90, 1, 'new', NULL);
       INSERT INTO sections VALUES (900, 90, NULL, 'new'), (901, 90, 900, 'new');
       INSERT INTO strings VALUES (9000, 900, 'new', 'new'), (9001, 101, 'new', 'new');
       INSERT INTO translations VALUES (9000, 'de', 'neu', 1), (9001, 'nb', 'ny', NULL);
       INSERT INTO reviews VALUES (90000, 9000, 'de', 'new', 90);
       INSERT INTO notes VALUES (1, 'twice', 1.5), (1, NULL, 3)`,
    ],
    [
      'rows were moved to another parent',
      `UPDATE sections SET area_id = 11 WHERE id IN (100, 102);
       UPDATE strings SET section_id = 105 WHERE id IN (1001, 1002);
       UPDATE sections SET parent_id = 103 WHERE id = 104;
       UPDATE areas SET first_section_id = 104 WHERE id = 11`,
    ],
    [
      'a key was changed',
      `UPDATE sections SET id = 999 WHERE id = 104; UPDATE strings SET id = 9999 WHERE id = 1016`,
    ],
    ['two rows swapped their names', swapNames()],
    ['the project was removed with everything', removeProject(1)],
    [
      'all of this happened',
      `${removeAreas('id = 11')}; DELETE FROM members WHERE project_id = 1;
       UPDATE projects SET name = 'Other' WHERE id = 1;
       INSERT INTO areas VALUES (11, 1, 'another of that id', NULL);
       INSERT INTO sections VALUES (101, 11, NULL, 'another');
       UPDATE translations SET body = '' WHERE string_id < 2000; DELETE FROM notes WHERE project_id = 1`,
    ],
  ];

  function swapNames(): string {
    return `UPDATE strings SET name = 'x' WHERE id = 1000; UPDATE strings SET name = 'key.0' WHERE id = 1006;
      UPDATE strings SET name = 'key.6' WHERE id = 1000`;
  }

  it.each(damages)('bring it back, and touch nobody else, after %s', async (_, damage) => {
    const before = await rowsOfProject(target, 1);
    const { filename } = await backups.create(1);
    await harm(damage);
    expect(await rowsOfProject(target, 1)).not.toEqual(before);
    const others = await rowsOfOthers(target, 1);

    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await rowsOfProject(target, 1)).toEqual(before);
    expect(await rowsOfOthers(target, 1)).toEqual(others);
  });

  /** A key that others refer to can be changed only by an application that looks after them itself. */
  async function harm(sql: string): Promise<void> {
    if (!sql.includes('SET id')) return target.run(sql);
    const children =
      'UPDATE strings SET section_id = 999 WHERE section_id = 104; UPDATE translations SET string_id = 9999 WHERE string_id = 1016';
    await target.runUnchecked(`${sql}; ${children}`);
  }

  it('change nothing, and fire nothing, when nothing has changed', async () => {
    // A trigger that writes would be refused if anything were written.
    const noting = 'INSERT INTO news (id) VALUES (OLD.id)';
    const watch = { name: 'watch', event: 'AFTER DELETE', table: 'strings', body: noting };
    await target.run(triggerSql(target.kind, watch));
    const { filename, data_summary } = await backups.create(1);
    const before = await everything(target);
    const { status, body } = await backups.restore(1, filename);
    expect(status).toBe(200);
    expect(body.restore_summary.restored_data).toEqual(data_summary);
    for (const { added, changed, removed, unchanged, table } of body.restore_summary.changes) {
      expect([added, changed, removed, unchanged]).toEqual([
        0,
        0,
        0,
        body.restore_summary.restored_data[table],
      ]);
    }
    expect(await everything(target)).toEqual(before);
  });

  it('say what they hold and what the restore did', async () => {
    const created = await backups.create(1);
    expect(created.data_summary).toEqual({
      ...{ projects: 1, members: 2, areas: 2, sections: 6, strings: 18 },
      ...{ translations: 36, reviews: 6, notes: 4 },
    });
    await target.run(
      `DELETE FROM translations WHERE string_id = 1017; UPDATE strings SET source = 'x' WHERE id = 1017;
       INSERT INTO strings VALUES (9000, 100, 'new', 'new')`,
    );
    const { body } = await backups.restore(1, created.filename);
    expect(body.restore_summary.changes).toEqual(
      expect.arrayContaining([
        { table: 'strings', rows: 18, added: 0, changed: 1, removed: 1, unchanged: 17, left: 0 },
        { table: 'translations', rows: 36, added: 2, changed: 0, removed: 0, unchanged: 34, left: 0 },
      ]),
    );
  });

  it('know which tables they cover and which they do not', async () => {
    const { system_status } = (await backups.status(1)).body;
    const names = (list: { table: string }[]) => list.map(({ table }) => table).sort();
    expect(names(system_status.scope.owned)).toEqual([
      'areas',
      'members',
      'notes',
      'projects',
      'reviews',
      'sections',
      'strings',
      'translations',
    ]);
    expect(names(system_status.scope.shared)).toEqual(['languages', 'users']);
    expect(names(system_status.scope.unclassified)).toEqual(['reports']);
    expect(system_status.scope.complete).toBe(false);
  });

  it('keep what a restore replaced, and bring that back too', async () => {
    const { filename } = await backups.create(1);
    await target.run(`${removeAreas('id = 11')}; UPDATE strings SET source = 'later' WHERE id = 1000`);
    const later = await everything(target);
    const { undo_filename } = (await backups.restore(1, filename)).body.restore_summary;
    expect(undo_filename).not.toBe(filename);
    expect(await everything(target)).not.toEqual(later);
    expect((await backups.restore(1, undo_filename)).status).toBe(200);
    expect(await everything(target)).toEqual(later);
  });

  it('have no undo where there was no project', async () => {
    const { filename } = await backups.create(3);
    await target.run(removeProject(3));
    const { status, body } = await backups.restore(3, filename);
    expect([status, body.restore_summary.undo_filename]).toEqual([200, null]);
    expect(await rowsOfProject(target, 3)).toMatchObject({ projects: [expect.stringContaining('Small')] });
  });

  it('are kept by project, the newest ones', async () => {
    const small = await backups.create(3);
    const names: string[] = [];
    for (let count = 0; count < keptPerProject; count += 1) names.unshift((await backups.create(2)).filename);
    expect(await backups.names(2)).toEqual(names);
    names.unshift((await backups.create(2)).filename);
    expect(await backups.names(2)).toEqual(names.slice(0, keptPerProject));
    expect((await backups.restore(2, names.at(-1) ?? '')).status).toBe(404);
    expect(await backups.names(3)).toContain(small.filename);
  });

  it('are not pushed out by a restore that fails, whose undo goes', async () => {
    for (let count = 0; count < keptPerProject; count += 1) await backups.create(2);
    const names = await backups.names(2);
    const oldest = names.at(-1) ?? '';
    await target.run('DELETE FROM members WHERE user_id = 3; DELETE FROM users WHERE id = 3');
    expect((await backups.restore(2, oldest)).status).toBe(409);
    expect(await backups.names(2)).toEqual(names);
  });

  it('are restored one at a time, and not while a backup is made', async () => {
    const { filename } = await backups.create(1);
    const before = await rowsOfProject(target, 1);
    await target.run(removeAreas('project_id = 1'));
    const others = await rowsOfOthers(target, 1);
    const answers = await Promise.all([backups.restore(1, filename), backups.restore(1, filename)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await rowsOfProject(target, 1)).toEqual(before);

    await backups.begin(2);
    const refused = await backups.restore(1, filename);
    expect([refused.status, refused.body.code]).toEqual([409, 'database-busy']);
    expect(await rowsOfOthers(target, 1)).toEqual(others);
    // Waits for its turn, so that nothing is under way any more.
    await backups.create(2);
  });

  it('belong to their project: no other one can name them', async () => {
    const { filename } = await backups.create(1);
    const before = await everything(target);
    expect((await backups.restore(2, filename)).status).toBe(404);
    expect((await backups.restore(1, `../1/${filename}`)).status).toBe(404);
    expect(await everything(target)).toEqual(before);
  });
});
