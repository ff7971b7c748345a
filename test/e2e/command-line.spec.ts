import Database from 'better-sqlite3';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabasesService } from '../../src/databases/databases.service.js';
import { describeAboveEngines, type Target } from '../factories/target.js';
import { startApp } from '../support/app.js';
import { commandLine, type CommandOutcome, commandProcess, startCommand } from '../support/command-line.js';
import { itOnCatalogueFile } from '../support/grown.js';

interface Row {
  filename: string;
  state: string;
  origin: string;
}

describeAboveEngines('The command line', (engine, open) => {
  let target: Target;
  let folder: string;

  beforeEach(async () => {
    target = await open();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-test-'));
    await target.run('CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(40))');
    await target.run("INSERT INTO projects VALUES (1, 'Harbour'), (2, 'Mill')");
  });
  afterEach(async () => {
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const settings = () => ({ HOLDFAST_DATABASE_URL: target.url });
  const cli = (...words: string[]) => commandLine(folder, settings(), ...words);
  const json = async (...words: string[]) => parsed(words, await cli('--json', ...words));
  const parsed = (words: string[], { code, out, err }: CommandOutcome) => {
    if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${err}`);
    return JSON.parse(out);
  };
  const names = () => target.rows('SELECT name FROM projects ORDER BY id');

  it('backs up, restores and puts back the whole database', async () => {
    const before = await names();
    const { filename } = await json('backup', '--description', 'before the change');
    await target.run("UPDATE projects SET name = 'damaged'");
    const damaged = await names();
    const { undo_id } = await json('restore', filename, '--yes');
    expect(await names()).toEqual(before);
    expect(await json('undo', 'list')).toMatchObject([{ id: undo_id, backup_filename: filename }]);
    await json('undo', 'put-back', undo_id, '--yes');
    expect(await names()).toEqual(damaged);
  });

  it('says which database it is about to replace, and where that is, before it asks', async () => {
    const lastPart = target.url.split('/').at(-1);
    for (const words of [
      ['restore', 'x.sql'],
      ['undo', 'put-back', 'x'],
    ]) {
      const { code, err } = await cli(...words);
      expect([code, err]).toEqual([2, expect.stringContaining('the whole database default (')]);
      expect(err).toContain(`/${lastPart})`);
    }
  });

  it('replaces a database of which nothing is to be kept', async () => {
    const before = await names();
    const { filename } = await json('backup');
    await target.run('DELETE FROM projects');
    expect(await cli('restore', '--project', '1', filename, '--keep-nothing', '--yes')).toMatchObject({
      code: 2,
    });
    expect(await json('restore', filename, '--keep-nothing', '--yes')).toMatchObject({ undo_id: null });
    expect(await names()).toEqual(before);
    expect(await json('undo', 'list')).toEqual([]);
  });

  it('backs up and restores one project and nobody else', async () => {
    const before = await names();
    const { filename } = await json('backup', '--project', '1');
    await target.run("UPDATE projects SET name = 'damaged' WHERE id = 1");
    await json('restore', '--project', '1', filename, '--yes');
    expect(await names()).toEqual(before);
    expect((await json('list', '--project', '1')).map((row: Row) => row.filename)).toContain(filename);
    expect(await json('list', '--project', '2')).toEqual([]);
  });

  // How it is started and what it says depends on no engine; each start takes a second.
  if (engine !== 'SQLite') return;

  it('restores a part of a project, and says what becomes of rows whose user is gone', async () => {
    await target.run(`CREATE TABLE users (id INTEGER PRIMARY KEY);
      CREATE TABLE tasks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, author_id INTEGER, title VARCHAR(9),
        FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE, FOREIGN KEY (author_id) REFERENCES users (id));
      INSERT INTO users VALUES (1), (2); INSERT INTO tasks VALUES (1, 1, 1, 'a'), (2, 1, 2, 'b'), (3, 1, 2, 'c')`);
    const { filename } = await json('backup', '--project', '1');
    await target.run(
      `UPDATE projects SET name = 'now' WHERE id = 1; DELETE FROM tasks; DELETE FROM users WHERE id = 2`,
    );
    const tasks = async () =>
      (await target.rows('SELECT id, author_id FROM tasks ORDER BY id')).map((row) =>
        row.replaceAll('"', ''),
      );
    const restore = ['restore', '--project', '1', filename, '--yes'];
    expect((await cli(...restore)).err).toMatch(/say under "missing"/);
    await json(...restore, '--table', 'tasks', '--within', 'tasks=2', '--missing', 'tasks.author_id=use:1');
    expect(await tasks()).toEqual(['2|1']);
    await json(...restore, '--table', 'tasks', '--missing', 'tasks.author_id=null', '--mode', 'undelete');
    expect(await tasks()).toEqual(['1|1', '2|1', '3|null']);
    expect(await names()).toContain('"now"');
    for (const wrong of [
      ['--within', 'tasks'],
      ['--missing', 'tasks.author_id=drop'],
      ['--within', 'tasks={1'],
    ]) {
      expect(await cli(...restore, ...wrong)).toMatchObject({ code: 2 });
    }
    expect(await cli('restore', 'x.sql', '--yes', '--table', 'a')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--table is for a project'),
    });
  });

  it('makes a new project of a backup', async () => {
    const before = await names();
    const { filename } = await json('backup', '--project', '1');
    const { project_id } = await json('copy', '--project', '1', filename, '--name', 'Again');
    expect(await names()).toEqual([...before, '"Again"']);
    await target.run(`DELETE FROM projects WHERE id = ${project_id}`);
    expect(await cli('copy', '--project', '1', filename, '--suffix', 'x')).toMatchObject({ code: 2 });
  });

  itOnCatalogueFile('works when the catalogue is broken, and when there is none', async () => {
    const before = await names();
    const { filename } = await json('backup');
    await target.run('DELETE FROM projects');
    await rm(join(folder, 'data', 'catalog.db-wal'), { force: true });
    await writeFile(join(folder, 'data', 'catalog.db'), 'this is no database, whatever the name says');
    const restored = await cli('restore', filename, '--yes');
    expect(restored).toMatchObject({ code: 0, err: expect.stringContaining('catalogue cannot be used') });
    expect(await names()).toEqual(before);
    const [undo] = await json('--no-catalog', 'undo', 'list');
    await json('--no-catalog', 'undo', 'put-back', undo.id, '--yes');
    expect(await names()).toEqual([]);
    expect(await json('--no-catalog', 'list')).toMatchObject([{ filename, origin: 'found' }]);
  });

  it('works beside a running service, which shows what was made', async () => {
    const service = await startApp({
      ...settings(),
      HOLDFAST_DATA_DIR: join(folder, 'data'),
      HOLDFAST_BACKUP_DIR: join(folder, 'backups'),
    });
    const cli = (...words: string[]) => commandProcess(folder, settings(), ...words);
    const json = async (...words: string[]) => parsed(words, await cli('--json', ...words));
    try {
      const api = await service.asSuperadmin();
      const { filename } = await json('backup');
      const alone = await json('--no-catalog', 'backup', '--description', 'alone');
      expect((await api('GET', '/api/v1/backup')).body.backups).toMatchObject([
        { filename: alone.filename, origin: 'found', description: 'alone' },
        { filename, origin: 'made' },
      ]);
      expect(await json('catalog', 'rebuild')).toEqual({ accepted: 1, unlisted: [] });
      expect((await api('GET', '/api/v1/backup')).body.backups).toMatchObject([
        { origin: 'accepted' },
        { origin: 'made' },
      ]);
      const { engine } = service.app.get(DatabasesService, { strict: false }).get('default');
      const held = await engine.lock(20_000);
      expect(await cli('restore', filename, '--yes')).toMatchObject({ code: 4 });
      await held.release();

      const audit = async (query: string) => (await api('GET', `/api/v1/audit${query}`)).body;
      const { entries } = await audit(`?filter[subject]=${filename}`);
      const acts = entries.map(({ action, outcome, error_code }: Record<string, string | null>) =>
        [action, outcome, error_code].filter(Boolean).join(' '),
      );
      expect(acts).toEqual(['full-restore failed database-busy', 'full-restore started', 'full-backup ok']);
      expect(entries[0]).toMatchObject({ actor_id: null, actor_via: 'cli', address: null });
      expect(entries[0].actor_name).toMatch(/^cli \(.+\)$/);
      expect((await audit('?filter[action]=rebuild-catalog')).total).toBe(1);
      expect((await audit('/verify')).intact).toBe(true);
    } finally {
      await service.stop();
    }
  });

  /** A backup that is under way; it waits for the lock that somebody holds. */
  const untilItBegan = async () => {
    const catalogue = new Database(join(folder, 'data', 'catalog.db'), { readonly: true, timeout: 5_000 });
    const begun = catalogue.prepare("SELECT 1 FROM backups WHERE status = 'running'").pluck();
    while (begun.get() === undefined) await sleep(50);
    catalogue.close();
  };

  itOnCatalogueFile('leaves nothing behind when it is interrupted', async () => {
    await json('backup');
    const service = await startApp(settings());
    const { engine } = service.app.get(DatabasesService, { strict: false }).get('default');
    const held = await engine.lock(20_000);
    const running = startCommand(folder, settings(), 'backup');
    await untilItBegan();
    running.kill('SIGINT');
    expect(await running).toMatchObject({ exitCode: 130 });
    await held.release();
    await service.stop();
    expect(
      (await readdir(join(folder, 'backups', 'full'))).filter((name) => name.endsWith('.json')),
    ).toHaveLength(1);
    expect(await json('list')).toHaveLength(1);
  });

  it('says by its exit code what went wrong, and changes nothing', async () => {
    const before = await names();
    const { filename } = await json('backup');
    expect(await cli('restore', 'nobody.sql', '--yes')).toMatchObject({ code: 3 });
    expect(await cli('restore', filename)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(await cli('restore')).toMatchObject({ code: 2, err: expect.stringContaining('filename') });
    expect(await cli('dance')).toMatchObject({ code: 2, err: expect.stringContaining('dance') });
    await appendFile(join(folder, 'backups', 'full', filename), 'x');
    expect((await json('list'))[0]).toMatchObject({ state: 'damaged' });
    expect(await cli('restore', filename, '--yes')).toMatchObject({ code: 5 });
    const badly = await commandLine(folder, { ...settings(), HOLDFAST_TIMEZONE: 'Nowhere' }, 'list');
    expect(badly).toMatchObject({ code: 2, err: expect.stringContaining('HOLDFAST_TIMEZONE') });
    expect(await names()).toEqual(before);
  });
});

describe('The command line without its database', () => {
  it('says so, without the password', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-test-'));
    const url = 'mysql://shop:hunter2-very-secret@127.0.0.1:1/shop';
    const { code, out, err } = await commandProcess(folder, { HOLDFAST_DATABASE_URL: url }, 'backup');
    expect(code).toBe(6);
    expect(out + err).not.toContain('hunter2');
    await rm(folder, { recursive: true, force: true });
  });
});

describe('The audit log at the command line', () => {
  itOnCatalogueFile('is verified, with an exit code for a log that was changed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-test-'));
    const cli = (...words: string[]) => commandLine(folder, {}, ...words);
    expect(await cli('backup')).toMatchObject({ code: 0 });
    const { code, out } = await cli('--json', 'audit', 'verify');
    expect([code, JSON.parse(out)]).toMatchObject([0, { intact: true, entries: 2, first_broken: null }]);

    const catalogue = new Database(join(folder, 'data', 'catalog.db'));
    catalogue.exec(
      "DROP TRIGGER audit_entries_no_update; UPDATE audit_entries SET actor_name = 'nobody' WHERE seq = 2",
    );
    catalogue.close();
    const changed = await cli('audit', 'verify');
    expect(changed).toMatchObject({ code: 5, err: expect.stringContaining('first at entry 2') });
    expect(await cli('--no-catalog', 'audit', 'verify')).toMatchObject({ code: 6 });
    await rm(folder, { recursive: true, force: true });
  });
});

describe('The command line before somebody who has read enough', () => {
  it('ends as it would have ended', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-test-'));
    const running = startCommand(folder, {}, '--help');
    running.stdout.destroy();
    expect(await running).toMatchObject({ exitCode: 0, stderr: '' });
    await rm(folder, { recursive: true, force: true });
  });
});
