import {
  createLocalization,
  resetLocalization,
  rowsOfOthers,
  rowsOfProject,
} from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

/** Gone, changed and new rows at several levels, in a table without a key, too. */
const damage = [
  `DELETE FROM reviews WHERE string_id = 1000`,
  `DELETE FROM translations WHERE string_id = 1000`,
  `DELETE FROM strings WHERE id = 1000`,
  `UPDATE strings SET source = 'changed' WHERE id = 1001`,
  `UPDATE areas SET name = 'renamed' WHERE id = 11`,
  `INSERT INTO areas VALUES (90, 1, 'new', NULL)`,
  `INSERT INTO sections VALUES (900, 90, NULL, 'new')`,
  `DELETE FROM notes WHERE project_id = 1 AND body = 'twice'`,
  `INSERT INTO notes VALUES (1, 'new', 3)`,
].join(';');

describeOnEngines('The modes of a project restore', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;
  let filename: string;
  let old: Record<string, string[]>;
  let now: Record<string, string[]>;
  let others: Record<string, string[]>;

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
    old = await rowsOfProject(target, 1);
    filename = (await backups.create(1)).filename;
    await target.run(damage);
    now = await rowsOfProject(target, 1);
    others = await rowsOfOthers(target, 1);
  });
  afterEach(async () => {
    expect(await rowsOfOthers(target, 1)).toEqual(others);
  });

  const call = (what: 'preview' | 'restore', body: object) =>
    api('POST', `/api/v1/projects/1/backup/${what}`, { filename, ...body });
  const changesIn = (tables: { table: string; [what: string]: unknown }[], name: string) => {
    const found = tables.find(({ table }) => table === name);
    return {
      added: found?.['added'],
      changed: found?.['changed'],
      removed: found?.['removed'],
      left: found?.['left'],
    };
  };
  const keysOf = (rows: string[] = []) => rows.map((row) => row.split('|')[0]);
  const union = (...lists: (string[] | undefined)[]) =>
    [...new Set(lists.flatMap((list) => list ?? []))].sort();

  it('undelete brings back what is gone, and leaves what was changed or came since', async () => {
    const preview = (await call('preview', { mode: 'undelete' })).body;
    expect(preview).toMatchObject({ mode: 'undelete', conflicts: [] });
    expect(changesIn(preview.tables, 'strings')).toEqual({ added: 1, changed: 0, removed: 0, left: 1 });
    expect(changesIn(preview.tables, 'areas')).toEqual({ added: 0, changed: 0, removed: 0, left: 2 });
    expect(await rowsOfProject(target, 1)).toEqual(now);

    const { status, body } = await call('restore', { mode: 'undelete', plan_id: preview.plan_id });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body.restore_summary.mode).toBe('undelete');
    expect(changesIn(body.restore_summary.changes, 'strings')).toEqual(changesIn(preview.tables, 'strings'));
    const after = await rowsOfProject(target, 1);
    for (const table of Object.keys(old)) {
      const gone = (old[table] ?? []).filter((row) => !keysOf(now[table]).includes(row.split('|')[0] ?? ''));
      if (table !== 'notes') expect(after[table]).toEqual(expect.arrayContaining(gone));
      expect(after[table]).toEqual(expect.arrayContaining(now[table] ?? []));
    }
    expect(union(after['notes'])).toEqual(union(old['notes'], now['notes']));
    expect(after['notes']).toHaveLength((old['notes'] ?? []).length + 1);
  });

  it('overwrite brings back what is gone and what was changed, and leaves what came since', async () => {
    const { status, body } = await call('restore', { mode: 'overwrite' });
    expect([status, body.detail]).toEqual([200, undefined]);
    const after = await rowsOfProject(target, 1);
    for (const [table, rows] of Object.entries(old))
      expect(after[table]).toEqual(expect.arrayContaining(rows));
    expect(keysOf(after['areas'])).toEqual(expect.arrayContaining(keysOf(now['areas'])));
    expect(changesIn(body.restore_summary.changes, 'areas')).toEqual({
      added: 0,
      changed: 1,
      removed: 0,
      left: 1,
    });
    expect(after['areas']).toHaveLength((old['areas'] ?? []).length + 1);
  });

  it('exact is what a restore does that names no mode', async () => {
    expect((await call('restore', {})).body.restore_summary.mode).toBe('exact');
    expect(await rowsOfProject(target, 1)).toEqual(old);
  });

  it('each can be undone', async () => {
    for (const mode of ['undelete', 'overwrite']) {
      const { body } = await call('restore', { mode });
      expect((await backups.restore(1, body.restore_summary.undo_filename as string)).status).toBe(200);
      expect(await rowsOfProject(target, 1)).toEqual(now);
    }
  });

  it('a plan is for its mode only, and an unknown mode is refused', async () => {
    const { body } = await call('preview', { mode: 'undelete' });
    const answer = await call('restore', { mode: 'overwrite', plan_id: body.plan_id });
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining('mode undelete')]);
    expect((await call('restore', { mode: 'everything' })).body.errors[0].field).toBe('mode');
    expect(await rowsOfProject(target, 1)).toEqual(now);
  });

  it('what comes back is refused when a row that it refers to is elsewhere by now', async () => {
    await target.run(`UPDATE areas SET project_id = 2 WHERE id = 10`);
    others = await rowsOfOthers(target, 1);
    const moved = await rowsOfProject(target, 1);
    const { status, body } = await call('restore', { mode: 'undelete' });
    expect([409, 422]).toContain(status);
    expect(body.detail).toContain('Nothing was changed');
    expect(await rowsOfProject(target, 1)).toEqual(moved);
  });
});
