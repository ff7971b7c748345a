import {
  createLocalization,
  removeAreas,
  resetLocalization,
  rowsOfOthers,
  rowsOfProject,
} from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeAboveEngines, type Target } from '../factories/target.js';
import { type Answer, type Api, type RunningApp, startApp } from '../support/app.js';

const sections = 'area_id = 10';
const strings = `section_id IN (SELECT id FROM sections WHERE ${sections})`;
const translations = `string_id IN (SELECT id FROM strings WHERE ${strings})`;
/** What is below area 10, which some reviews of area 11 are, too. */
const below: Record<string, string> = {
  areas: 'id = 10',
  sections,
  strings,
  translations,
  reviews: `(${translations} OR coalesce(area_id, 0) = 10)`,
};

const damage = `
  UPDATE translations SET body = 'changed' WHERE string_id IN (1000, 1001);
  DELETE FROM reviews WHERE string_id IN (1000, 1002, 1003);
  UPDATE areas SET name = 'renamed' WHERE id IN (10, 11);
  INSERT INTO sections VALUES (150, 10, 104, 'new'), (151, 11, NULL, 'new');
  INSERT INTO strings VALUES (1500, 150, 'new', 'x'), (1501, 151, 'new', 'x');
  INSERT INTO notes VALUES (1, 'new', 3)`;

describeAboveEngines('One row of a project and everything below it', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;
  let filename: string;
  let old: Record<string, string[]>;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });
  beforeEach(async () => {
    await resetLocalization(target);
    old = await part((condition) => condition);
    filename = (await backups.create(1)).filename;
  });

  const area = { within: { table: 'areas', key: 10 } };
  const call = (what: 'preview' | 'restore', body: object): Promise<Answer> =>
    api('POST', `/api/v1/projects/1/backup/${what}`, { filename, ...body });

  async function part(of: (condition: string) => string): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const [table, condition] of Object.entries(below)) {
      found[table] = (await target.rows(`SELECT * FROM ${table} WHERE ${of(condition)}`)).sort();
    }
    return found;
  }
  const rest = () => part((condition) => `NOT (${condition})`);

  async function restored(body: object): Promise<Answer['body']> {
    const preview = await call('preview', body);
    expect([preview.status, preview.body.conflicts]).toEqual([200, []]);
    const answer = await call('restore', { ...body, plan_id: preview.body.plan_id });
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    const said = (tables: { table: string; added: number; changed: number; removed: number }[]) =>
      tables.map(({ table, added, changed, removed }) => [table, added, changed, removed]);
    expect(said(answer.body.restore_summary.changes)).toEqual(said(preview.body.tables));
    return answer.body;
  }

  it('is what the backup holds of them, and everything else is as it is now', async () => {
    await target.run(damage);
    const [beside, others, notes] = [
      await rest(),
      await rowsOfOthers(target, 1),
      await target.rows('SELECT * FROM notes'),
    ];
    const body = await restored(area);
    expect(body.restore_summary.changes.map(({ table }: { table: string }) => table).sort()).toEqual(
      Object.keys(below).sort(),
    );
    expect(await part((condition) => condition)).toEqual(old);
    expect(await rest()).toEqual(beside);
    expect(await rowsOfOthers(target, 1)).toEqual(others);
    expect(await target.rows('SELECT * FROM notes')).toEqual(notes);
  });

  it('comes back when it was deleted', async () => {
    await target.run(
      `DELETE FROM reviews WHERE area_id = 10; ${removeAreas('id = 10')}; UPDATE areas SET name = 'renamed' WHERE id = 11`,
    );
    const beside = await rest();
    await restored({ ...area, mode: 'undelete' });
    expect(await part((condition) => condition)).toEqual(old);
    expect(await rest()).toEqual(beside);
  });

  it('is restored in each mode', async () => {
    await target.run(damage);
    const beside = await rest();
    await restored({ ...area, mode: 'undelete' });
    const body = (await call('preview', area)).body;
    const sum = (what: string) =>
      body.tables.reduce((total: number, table: Record<string, number>) => total + (table[what] ?? 0), 0);
    expect([sum('added'), sum('changed'), sum('removed')]).toEqual([0, 3, 2]);
    await restored({ ...area, mode: 'overwrite' });
    expect((await call('preview', area)).body.tables).toContainEqual(
      expect.objectContaining({ table: 'sections', changed: 0, removed: 1 }),
    );
    expect(await rest()).toEqual(beside);
  });

  it('takes back what was moved out of it since, and gives back what was moved into it', async () => {
    const before = await rowsOfProject(target, 1);
    await target.run(`UPDATE sections SET area_id = 11 WHERE id = 102; UPDATE sections SET area_id = 10 WHERE id = 103;
      INSERT INTO strings VALUES (1500, 102, 'new', 'x')`);
    await restored(area);
    expect(await rowsOfProject(target, 1)).toEqual(before);
  });

  it('goes down a tree', async () => {
    await target.run(`${damage}; UPDATE sections SET name = 'renamed' WHERE id IN (100, 102, 104, 105)`);
    await restored({ within: { table: 'sections', key: { id: 100 } } });
    const names = await target.rows(
      `SELECT id, name FROM sections WHERE name IN ('renamed', 'new') ORDER BY id`,
    );
    expect(names.map((row) => row.replaceAll('"', ''))).toEqual(['102|renamed', '105|renamed', '151|new']);
    expect(await target.rows(`SELECT * FROM areas WHERE name = 'renamed'`)).toHaveLength(2);
  });

  it('may be of some tables only, and named by a key of several columns', async () => {
    await target.run(damage);
    const now = await rowsOfProject(target, 1);
    await restored({
      within: { table: 'translations', key: { language: 'de', string_id: 1001 } },
      tables: ['translations'],
    });
    const changed = await rowsOfProject(target, 1);
    expect(changed).toEqual({ ...now, translations: changed['translations'] });
    expect(
      await target.rows(`SELECT language FROM translations WHERE body = 'changed' AND string_id = 1001`),
    ).toEqual(['"nb"']);
  });

  it('may have rows in tables without a key', async () => {
    await target.run(`CREATE TABLE scribbles (section_id INTEGER NOT NULL, body VARCHAR(9),
        FOREIGN KEY (section_id) REFERENCES sections (id) ON DELETE CASCADE);
      INSERT INTO scribbles VALUES (100, 'a'), (100, 'a'), (102, NULL), (101, 'b'), (101, 'b'), (200, 'c')`);
    filename = (await backups.create(1)).filename;
    await target.run(
      `DELETE FROM scribbles WHERE section_id = 100; INSERT INTO scribbles VALUES (102, 'new'), (101, 'new')`,
    );
    await restored(area);
    const rows = await target.rows('SELECT * FROM scribbles ORDER BY 1, 2');
    expect(rows.map((row) => row.replaceAll('"', ''))).toEqual([
      '100|a',
      '100|a',
      '101|b',
      '101|b',
      '101|new',
      '102|null',
      '200|c',
    ]);
  });

  it('says only of its own rows what is missing', async () => {
    await target.run(
      `UPDATE translations SET translator_id = NULL; DELETE FROM members WHERE user_id = 3; DELETE FROM users WHERE id = 3`,
    );
    const all = (await call('preview', {})).body.missing;
    const own = (await call('preview', area)).body.missing;
    expect([all, own]).toEqual([
      [expect.objectContaining({ reference: 'translations.translator_id', rows: 6 })],
      [expect.objectContaining({ reference: 'translations.translator_id', rows: 3 })],
    ]);
    const missing = { 'translations.translator_id': 'null' };
    await restored({ ...area, missing });
    expect(await target.rows('SELECT * FROM translations WHERE translator_id IS NOT NULL')).toHaveLength(6);
  });

  it('is what the plan shows, or nothing', async () => {
    const { plan_id } = (await call('preview', area)).body;
    for (const other of [{}, { within: { table: 'areas', key: 11 } }, { ...area, tables: ['areas'] }]) {
      const answer = await call('restore', { ...other, plan_id });
      expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining('The plan is for')]);
    }
    await target.run(`UPDATE notes SET weight = 4 WHERE project_id = 1`);
    expect((await call('restore', { ...area, plan_id })).status).toBe(409);
  });

  it.each<[string, object, RegExp]>([
    ['is not in the backup', { table: 'areas', key: 12 }, /has no such row: areas 12/],
    ['is another project’s', { table: 'areas', key: 20 }, /has no such row/],
    ['is of nobody’s table', { table: 'users', key: 1 }, /"users" is none of the project/],
    ['is of a table without a key', { table: 'notes', key: 1 }, /"notes" has no key/],
    ['is named by a part of its key', { table: 'translations', key: 1000 }, /"string_id", "language"/],
    ['is named by something else', { table: 'areas', key: { name: 'area 10' } }, /named by its key: "id"/],
    ['is not named', { table: 'areas' }, /within/],
    ['is named by a list', { table: 'areas', key: [10] }, /within/],
  ])('is refused when the row %s', async (_, within, sentence) => {
    for (const what of ['preview', 'restore'] as const) {
      const { status, body } = await call(what, { within });
      expect([status, body.errors[0].field]).toEqual([400, 'within']);
      expect(body.detail).toMatch(sentence);
    }
  });

  it('is refused with tables that have nothing below it', async () => {
    const { status, body } = await call('preview', { ...area, tables: ['areas', 'notes'] });
    expect([status, body.errors[0].field]).toEqual([400, 'tables']);
  });
});
