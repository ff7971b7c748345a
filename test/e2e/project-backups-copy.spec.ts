import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLocalization,
  ownedTables,
  resetLocalization,
  rowsOfProject,
} from '../factories/localization.js';
import { CopiesService } from '../../src/project-backups/copies/copies.service.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEveryEngine, everything, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

describeOnEveryEngine('A copy of a project', (engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;

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
  beforeEach(() => resetLocalization(target));

  const call = (what: 'preview' | 'restore', filename: string, body: object = {}) =>
    api('POST', `/api/v1/projects/1/backup/${what}`, { filename, mode: 'copy', ...body });

  it('has all of its rows under new ids, and leaves every other row as it was', async () => {
    const before = await everything(target);
    const { filename, data_summary } = await backups.create(1);
    const { status, body } = await call('restore', filename, { name: 'Reader, again' });
    expect([status, body.detail]).toEqual([200, undefined]);
    const { copy, restored_data, undo_filename } = body.restore_summary;
    expect(copy).toMatchObject({ project_id: 4, project_name: 'Reader, again' });
    expect([restored_data, undo_filename]).toEqual([data_summary, null]);

    const after = await everything(target);
    for (const [table, rows] of Object.entries(before)) {
      expect(after[table]).toEqual(expect.arrayContaining(rows));
      const more = ownedTables.includes(table) ? (data_summary as Record<string, number>)[table] : 0;
      expect([table, after[table]?.length]).toEqual([table, rows.length + (more ?? 0)]);
    }
    const again = await backups.create(4);
    expect(again.data_summary).toEqual(data_summary);
    // Texts and references to what projects share are those of the original.
    const strings = `SELECT s.name, s.source, t.language, t.body, t.translator_id FROM strings s JOIN translations t ON t.string_id = s.id
      JOIN sections c ON c.id = s.section_id JOIN areas a ON a.id = c.area_id WHERE a.project_id =`;
    expect((await target.rows(`${strings} 4`)).sort()).toEqual((await target.rows(`${strings} 1`)).sort());
    const members = 'SELECT user_id, role FROM members WHERE project_id =';
    expect(await target.rows(`${members} 4 ORDER BY 1`)).toEqual(
      await target.rows(`${members} 1 ORDER BY 1`),
    );
  });

  it('is shown before it is made, and a copy can be held to what was shown', async () => {
    const { filename, data_summary } = await backups.create(1);
    const before = await everything(target);
    const { status, body } = await call('preview', filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body).toMatchObject({ mode: 'copy', conflicts: [] });
    expect(
      Object.fromEntries(body.tables.map((one: { table: string; added: number }) => [one.table, one.added])),
    ).toEqual(data_summary);
    expect(body.new_ids).toContainEqual({ ids_of: ['projects.id'], kind: 'one', by: '4' });
    expect(await everything(target)).toEqual(before);

    const other = await call('restore', filename, { plan_id: body.plan_id, name: 'other' });
    expect(other.status).toBe(409);
    expect((await call('restore', filename, { plan_id: body.plan_id })).status).toBe(200);
  });

  it('tells for each id which one it became, for as long as the backup is there', async () => {
    const { filename } = await backups.create(1);
    const { copy } = (await call('restore', filename)).body.restore_summary;
    const answer = await fetch(service.url + copy.map_url, {
      headers: { authorization: `Bearer ${await service.superadminToken()}` },
    });
    const pairs = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { table: string; old: number; new: number });
    expect(pairs).toContainEqual({ table: 'projects', column: 'id', old: 1, new: 4 });
    const areas = new Map(pairs.filter(({ table }) => table === 'areas').map((pair) => [pair.old, pair.new]));
    expect([...areas.keys()]).toEqual([10, 11]);
    const names = await target.rows(
      `SELECT name FROM areas WHERE id IN (${[...areas.values()].join()}) ORDER BY id`,
    );
    expect(names).toEqual(['"area 10"', '"area 11"']);

    const list = (await api('GET', '/api/v1/projects/1/backup/copies')).body;
    expect(list.copies[0]).toEqual(copy);
    expect((await api('DELETE', `/api/v1/projects/1/backup/${filename}`)).status).toBe(200);
    expect((await api('GET', copy.map_url)).status).toBe(404);
  });

  it('that a dead process had begun is not taken for the next one, which has the id that it was to have', async () => {
    const { filename } = await backups.create(1);
    const dead = { backupId: 'any', backupFilename: filename, newProjectId: '4', newProjectName: 'dead' };
    await service.app.get(CopiesService, { strict: false }).begin({
      ...{ ...dead, database: 'default', projectId: '1', functions: [], secret: 'its own' },
      ...{ createdBy: null, createdByName: null },
    });
    const { copy } = (await call('restore', filename)).body.restore_summary;
    expect(copy.project_id).toBe(4);
    const { copies } = (await api('GET', '/api/v1/projects/1/backup/copies')).body;
    expect(copies.filter((one: { project_name: string }) => one.project_name === 'dead')).toEqual([]);
    expect(copies[0]).toEqual(copy);
  });

  it('can be made of a project that is gone, and does not take the ids that it had', async () => {
    const { filename } = await backups.create(1);
    const old = await rowsOfProject(target, 1);
    const rest = await backups.create(2);
    await target.run(
      `DELETE FROM reports; UPDATE areas SET first_section_id = NULL; DELETE FROM reviews; DELETE FROM translations;
       DELETE FROM strings; UPDATE sections SET parent_id = NULL; DELETE FROM sections; DELETE FROM areas;
       DELETE FROM notes; DELETE FROM members; DELETE FROM projects`,
    );
    expect((await call('restore', filename)).body.restore_summary.copy.project_id).toBe(2);
    // Its key is behind the greatest of what is there; the one of a project that is gone may be taken.
    expect((await backups.restore(1, filename)).status).toBe(200);
    expect(await rowsOfProject(target, 1)).toEqual(old);
    expect(rest.filename).not.toBe(filename);
  });

  it('is refused to who is admin of the project alone, and what does not belong to it is named', async () => {
    const { filename } = await backups.create(1);
    const before = await everything(target);
    const user = await service.createUser();
    await api('PUT', `/api/v1/projects/1/members/${user.id}`, { role: 'admin' });
    const refused = await service.api(user.token)('POST', '/api/v1/projects/1/backup/restore', {
      filename,
      mode: 'copy',
    });
    expect(refused.status).toBe(403);
    for (const [what, field] of [
      [{ tables: ['areas'] }, 'tables'],
      [{ project_id: 'x y' }, 'project_id'],
      [{ rename: { 'areas.name': { suffix: '' } } }, 'rename.areas.name'],
      [{ rename: { 'areas.nome': { suffix: 'x' } } }, 'rename.areas.nome'],
      [{ mode: 'exact', name: 'x' }, 'name'],
    ] as const) {
      const { status, body } = await call('restore', filename, what);
      expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
    }
    const taken = await call('restore', filename, { project_id: '2' });
    expect([taken.status, taken.body.detail]).toEqual([409, expect.stringContaining('already')]);
    expect(await everything(target)).toEqual(before);
  });

  if (engine !== 'SQLite') {
    it('disturbs nobody who adds rows meanwhile', async () => {
      await target.run(
        'CREATE TABLE logs (id INTEGER AUTO_INCREMENT PRIMARY KEY, project_id INTEGER NOT NULL, FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE)',
      );
      try {
        const row = (of: number) =>
          `INSERT INTO logs (project_id) VALUES ${Array(500).fill(`(${of})`).join()}`;
        for (let at = 0; at < 10; at += 1) await target.run(row(1));
        const { filename } = await backups.create(1);
        let done = false;
        let added = 0;
        const application = (async () => {
          while (!done) {
            await target.run('INSERT INTO logs (project_id) VALUES (2), (3)');
            added += 2;
          }
        })();
        const answers = [];
        for (let copy = 0; copy < 3; copy += 1) answers.push((await call('restore', filename)).status);
        done = true;
        await application;
        expect(answers).toEqual([200, 200, 200]);
        expect(added).toBeGreaterThan(0);
        const counted = await target.rows('SELECT count(*), count(DISTINCT id) FROM logs');
        expect(counted).toEqual([`"${20_000 + added}"|"${20_000 + added}"`]);
      } finally {
        await target.run('DROP TABLE logs');
      }
    });
  }
});

const bytes = (hex: string) => `X'${hex}'`;
const shop = `
  CREATE TABLE users (id INTEGER PRIMARY KEY);
  CREATE TABLE shops (id CHAR(36) NOT NULL PRIMARY KEY, title VARCHAR(12) NOT NULL UNIQUE, above CHAR(36),
    FOREIGN KEY (above) REFERENCES shops (id));
  CREATE TABLE items (id BINARY(16) NOT NULL PRIMARY KEY, shop_id CHAR(36) NOT NULL, code VARCHAR(20) NOT NULL UNIQUE,
    FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE);
  CREATE TABLE orders (shop_id CHAR(36) NOT NULL, nr INTEGER NOT NULL, item_id BINARY(16), before_nr INTEGER,
    PRIMARY KEY (shop_id, nr), FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
    FOREIGN KEY (shop_id, before_nr) REFERENCES orders (shop_id, nr));
  CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, on_type VARCHAR(10), on_id BINARY(16), parent_id INTEGER NOT NULL, item CHAR(36), word VARCHAR(10));
  CREATE TABLE profiles (user_id INTEGER NOT NULL PRIMARY KEY, shop_id CHAR(36) NOT NULL,
    FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE, FOREIGN KEY (user_id) REFERENCES users (id));
  INSERT INTO users VALUES (7);
  INSERT INTO shops VALUES ('11111111-1111-4111-8111-111111111111', 'Ada''s', NULL),
    ('22222222-2222-4222-8222-222222222222', 'Bob''s', '11111111-1111-4111-8111-111111111111');
  INSERT INTO items VALUES (${bytes('aa'.repeat(16))}, '22222222-2222-4222-8222-222222222222', 'tea'),
    (${bytes('bb'.repeat(16))}, '11111111-1111-4111-8111-111111111111', 'milk');
  INSERT INTO orders VALUES ('22222222-2222-4222-8222-222222222222', 1, ${bytes('aa'.repeat(16))}, NULL),
    ('22222222-2222-4222-8222-222222222222', 2, NULL, 1);
  INSERT INTO tags VALUES (5, 'item', ${bytes('aa'.repeat(16))}, 0, NULL, 'hot'), (6, 'item', ${bytes('aa'.repeat(16))}, 5, NULL, 'nice'),
    (9, 'item', ${bytes('bb'.repeat(16))}, 0, NULL, 'cold')`;

const rules = `
databases:
  default:
    root: shops
    references:
      orders.item_id: items.id
      tags.parent_id: tags.id
    polymorphic:
      - {table: tags, type: on_type, id: on_id, tables: {item: items}}
    follow: {tags: [on_id]}
`;

describeOnEveryEngine('A copy of a project with keys of all kinds', (_engine, open) => {
  const bob = '22222222-2222-4222-8222-222222222222';
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-copy-'));
    target = await open();
    await target.run(shop);
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(HOLDFAST_PROJECTS_FILE, rules);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const copy = (filename: string, body: object = {}) =>
    api('POST', `/api/v1/projects/${bob}/backup/restore`, { filename, mode: 'copy', ...body });

  it('gets other UUIDs, bytes and numbers wherever they stand, and texts that may be there once as they are told', async () => {
    const before = await everything(target);
    const { filename } = await backups.create(bob);
    const unsaid = await copy(filename);
    expect([unsaid.status, unsaid.body.detail]).toEqual([409, expect.stringContaining('"items.code"')]);
    expect(await everything(target)).toEqual(before);

    const { status, body } = await copy(filename, { rename: { 'items.code': { suffix: '-2' } } });
    expect([status, body.detail]).toEqual([200, undefined]);
    const id = body.restore_summary.copy.project_id as string;
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    const one = async (sql: string) => target.rows(sql.replaceAll('ID', `'${id}'`));
    expect(await one('SELECT title, above FROM shops WHERE id = ID')).toEqual([
      '"Bob\'s (copy)"|"11111111-1111-4111-8111-111111111111"',
    ]);
    expect(await one('SELECT code FROM items WHERE shop_id = ID')).toEqual(['"tea-2"']);
    const orders = `SELECT o.nr, o.before_nr, i.code FROM orders o LEFT JOIN items i ON i.id = o.item_id WHERE o.shop_id = ID ORDER BY 1`;
    expect((await one(orders)).map((row) => row.replaceAll('"', ''))).toEqual(['1|null|tea-2', '2|1|null']);
    const tags = `SELECT t.word, p.word FROM tags t JOIN items i ON i.id = t.on_id LEFT JOIN tags p ON p.id = t.parent_id
      WHERE i.shop_id = ID ORDER BY t.id`;
    expect(await one(tags)).toEqual(['"hot"|null', '"nice"|"hot"']);
    // A 0 stands for "none", and is nobody's id.
    expect(await one(`SELECT count(*) FROM tags WHERE word = 'hot' AND parent_id = 0`)).toEqual(
      await one('SELECT 2'),
    );
    const after = await everything(target);
    for (const [table, rows] of Object.entries(before))
      expect(after[table]).toEqual(expect.arrayContaining(rows));
  });

  it('is refused where a row can be there only once and refers to what projects share', async () => {
    await target.run(`INSERT INTO profiles VALUES (7, '${bob}')`);
    const before = await everything(target);
    const { filename } = await backups.create(bob);
    const rename = { 'items.code': { suffix: '-2' } };
    const { status, body } = await copy(filename, { rename });
    expect([status, body.detail]).toEqual([
      409,
      expect.stringContaining('profiles may have the same user_id'),
    ]);
    expect(await everything(target)).toEqual(before);
  });
});
