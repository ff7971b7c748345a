import Database from 'better-sqlite3';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { SqliteEngine } from '../../src/engines/sqlite/sqlite-engine.js';
import { sourceOf, takeDump } from './artefact.js';
import { createSqliteDatabase, type SqliteContractDatabase, type SqliteFlavour } from './sqlite.harness.js';
import { refusal } from './suites/prepared-database.js';

describe('SQLite files', () => {
  const opened: SqliteContractDatabase[] = [];
  const children: ChildProcess[] = [];
  let workFolder: string;

  beforeEach(async () => {
    workFolder = await mkdtemp(join(tmpdir(), 'holdfast-sqlite-work-'));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const database of opened.splice(0)) await database.drop();
    await rm(workFolder, { recursive: true, force: true });
  });

  const filled = async (flavour: SqliteFlavour, rows = 500) => {
    const database = await createSqliteDatabase(flavour);
    opened.push(database);
    await database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, content TEXT)');
    const insert = database.connection.prepare('INSERT INTO t (content) VALUES (?)');
    database.connection.transaction(() => {
      for (let id = 1; id <= rows; id += 1) insert.run(`row ${id} `.repeat(20));
    })();
    return database;
  };

  const engineAt = (path: string) => new SqliteEngine({ engine: 'sqlite', path }, new Clock());

  const restore = async (engine: SqliteEngine, source: ReturnType<typeof sourceOf>, id: string) => {
    const staged = await engine.stage(source, { id, workFolder });
    const undo = await staged.swap();
    await staged.discard();
    return undo;
  };

  /** Runs a script in a process of its own, until it says that it is ready. */
  const another = async (script: string, ...args: string[]) => {
    const path = join(workFolder, `process-${args.length}.cjs`);
    const driver = join(process.cwd(), 'node_modules/better-sqlite3');
    await writeFile(path, `const Database = require(${JSON.stringify(driver)});\n${script}`);
    const child = fork(path, args, { execArgv: [] });
    children.push(child);
    await once(child, 'message');
    return child;
  };

  it('an artefact of a write-ahead database is one file that opens alone', async () => {
    const database = await filled({ journalMode: 'wal' });
    const { path } = await takeDump(database.engine, workFolder, 'alone');
    const header = await readFile(path);
    expect([header[18], header[19]]).toEqual([1, 1]);
    const copy = new Database(path, { readonly: true });
    expect(copy.prepare('SELECT count(*) AS rows FROM t').get()).toEqual({ rows: 500 });
    copy.close();
  });

  it.each([
    ['wal', 4096, 'wal', 16384],
    ['delete', 4096, 'delete', 1024],
    ['delete', 8192, 'wal', 1024],
    ['wal', 1024, 'delete', 65536],
  ] as const)(
    'a %s database with pages of %d restores one in %s with pages of %d',
    async (mode, size, from, other) => {
      const live = await filled({ journalMode: mode, pageSize: size }, 10);
      const source = await filled({ journalMode: from, pageSize: other }, 700);
      const undo = await restore(
        engineAt(live.path),
        sourceOf(await takeDump(source.engine, workFolder, 'a')),
        'b',
      );
      expect(await live.query('SELECT * FROM t')).toEqual(await source.query('SELECT * FROM t'));
      expect(live.connection.pragma('journal_mode', { simple: true })).toBe(mode);
      expect(live.connection.pragma('integrity_check', { simple: true })).toBe('ok');
      await live.engine.putBack(undo, { id: 'c', workFolder });
      expect(await live.query('SELECT count(*) FROM t')).toEqual([[10n]]);
    },
  );

  it('a restore keeps row ids that no column shows, also with other pages', async () => {
    const live = await filled({ journalMode: 'wal', pageSize: 4096 }, 1);
    const source = await filled({ journalMode: 'delete', pageSize: 8192 }, 1);
    await source.exec('CREATE TABLE hidden (name TEXT)');
    await source.exec(`INSERT INTO hidden (rowid, name) VALUES (7, 'seven'), (70, 'seventy')`);
    await restore(engineAt(live.path), sourceOf(await takeDump(source.engine, workFolder, 'a')), 'b');
    expect(await live.query('SELECT rowid, name FROM hidden')).toEqual([
      [7n, 'seven'],
      [70n, 'seventy'],
    ]);
  });

  it('a full-text table and its rows come back', async () => {
    const database = await filled({ journalMode: 'wal' }, 1);
    await database.exec('CREATE VIRTUAL TABLE search USING fts5(body)');
    await database.exec(`INSERT INTO search VALUES ('the quick fox'), ('a slow worm')`);
    const source = sourceOf(await takeDump(database.engine, workFolder, 'a'));
    await database.exec('DELETE FROM search');
    await restore(engineAt(database.path), source, 'b');
    expect(await database.query(`SELECT body FROM search WHERE search MATCH 'quick'`)).toEqual([
      ['the quick fox'],
    ]);
  });

  it('rows that break a constraint of their own table are backed up, with a warning', async () => {
    const database = await filled({ journalMode: 'delete' }, 1);
    await database.exec('CREATE TABLE checked (n INTEGER CHECK (n > 0))');
    await database.exec('PRAGMA ignore_check_constraints = ON');
    await database.exec('INSERT INTO checked VALUES (-1)');
    const artefact = await takeDump(database.engine, workFolder, 'a');
    expect(artefact.contents.warnings).toEqual([expect.stringContaining('checked')]);
    await restore(engineAt(database.path), sourceOf(artefact), 'b');
    expect(await database.query('SELECT n FROM checked')).toEqual([[-1n]]);
  });

  it('a damaged database gives no backup', async () => {
    const database = await filled({ journalMode: 'delete' }, 2_000);
    database.connection.close();
    const bytes = await readFile(database.path);
    const path = join(workFolder, 'damaged.db');
    await writeFile(path, bytes.fill(0xee, bytes.length / 2, bytes.length / 2 + 20_000));
    await expect(takeDump(engineAt(path), workFolder, 'a')).rejects.toEqual(
      refusal(['dump-failed', 'database-refused'], /damaged/),
    );
  });

  it('a file that does not exist is no empty database: it is not made, gives no backup, and a restore brings it back', async () => {
    const source = sourceOf(await takeDump((await filled({ journalMode: 'wal' })).engine, workFolder, 'a'));
    const path = join(workFolder, 'gone.db');
    const engine = engineAt(path);
    const refused = refusal(['database-unreachable'], /"gone.db" does not exist/);
    expect(await engine.probe()).toMatchObject({
      reachable: false,
      problems: [expect.stringContaining('does not exist')],
    });
    await expect(takeDump(engine, workFolder, 'b')).rejects.toEqual(refused);
    await expect(engine.rows.schema()).rejects.toEqual(refused);
    expect(existsSync(path)).toBe(false);
    await restore(engine, source, 'c');
    expect(await engine.rows.snapshot((reader) => reader.count('t'))).toBe(500);
  });

  it('a file that is no database is a problem, and no restore writes over it', async () => {
    const source = sourceOf(await takeDump((await filled({ journalMode: 'wal' })).engine, workFolder, 'a'));
    const path = join(workFolder, 'notes.txt');
    await writeFile(path, 'Dear diary, '.repeat(200));
    const engine = engineAt(path);
    expect((await engine.probe()).problems).toEqual([
      expect.stringContaining('"notes.txt" is not a SQLite database'),
    ]);
    await expect(engine.stage(source, { id: 'b', workFolder })).rejects.toEqual(
      refusal(['database-unreachable'], /keep_nothing/),
    );
    expect(await readFile(path, 'utf8')).toContain('Dear diary');

    await rm(path);
    await restore(engine, source, 'c');
    expect(await engine.rows.snapshot((reader) => reader.count('t'))).toBe(500);
  });

  it('a live file in use by another program makes a restore wait, then say so', async () => {
    const database = await filled({ journalMode: 'delete' });
    const source = sourceOf(await takeDump(database.engine, workFolder, 'a'));
    await database.exec('BEGIN');
    await database.query('SELECT count(*) FROM t');
    const staged = await engineAt(database.path).stage(source, { id: 'b', workFolder });
    setTimeout(() => void database.exec('ROLLBACK'), 500);
    await staged.swap();
    await staged.discard();
    expect(await database.query('SELECT count(*) FROM t')).toEqual([[500n]]);
  });

  it.each(['delete', 'wal'] as const)(
    'what is written in another process while a %s database is exchanged is in the undo or in live',
    async (journalMode) => {
      const database = await filled({ journalMode }, 5_000);
      await database.exec('CREATE TABLE log (n INTEGER PRIMARY KEY)');
      const source = sourceOf(await takeDump(database.engine, workFolder, 'a'));
      const writer = await another(
        `const db = new Database(process.argv[2], { timeout: 10_000 });
        let n = 0, stop = false;
        process.on('message', () => (stop = true));
        const write = () => {
          db.prepare('INSERT INTO log VALUES (?)').run(++n);
          if (n === 20) process.send('ready');
          if (stop) process.send(n, () => process.disconnect()); else setTimeout(write, 1);
        };
        write();`,
        database.path,
      );
      const undo = await restore(engineAt(database.path), source, 'b');
      writer.send('stop');
      const [written] = (await once(writer, 'message')) as [number];
      const kept = new Database(join(database.folder, undo), { readonly: true });
      const before = kept.prepare('SELECT n FROM log').pluck().all();
      kept.close();
      const after = (await database.query('SELECT n FROM log')).map(([n]) => Number(n));
      expect([...before, ...after]).toEqual(Array.from({ length: written }, (_, at) => at + 1));
    },
  );

  it.each(['delete', 'wal'] as const)(
    'a dump of a %s database ends while another process keeps writing',
    async (mode) => {
      const database = await filled({ journalMode: mode }, 60_000);
      const writer = await another(
        `const db = new Database(process.argv[2], { timeout: 10_000 });
      db.exec('CREATE TABLE debit (n INTEGER); CREATE TABLE credit (n INTEGER)');
      const both = db.transaction((n) => {
        db.prepare('INSERT INTO debit VALUES (?)').run(-n);
        db.prepare('INSERT INTO credit VALUES (?)').run(n);
      });
      let n = 0;
      const write = () => { both(++n); if (n === 5) process.send('ready'); setTimeout(write, 1); };
      write();`,
        database.path,
      );
      const artefact = await takeDump(database.engine, workFolder, 'a');
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const copy = new Database(artefact.path, { readonly: true });
      const sum = copy
        .prepare('SELECT (SELECT sum(n) FROM debit) + (SELECT sum(n) FROM credit)')
        .pluck()
        .get();
      copy.close();
      expect(sum).toBe(0);
    },
  );

  it('the lock of a process that died is free', async () => {
    const database = await filled({ journalMode: 'wal' }, 1);
    const holder = await another(
      `const db = new Database(process.argv[2]); db.exec('BEGIN EXCLUSIVE'); process.send('ready'); setInterval(() => db, 1000);`,
      `${database.path}.holdfast-lock`,
    );
    await expect(database.engine.lock(100)).rejects.toEqual(refusal(['database-busy']));
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await database.engine.lock(5_000)).release();
  });

  it('an undo that was left half made is swept with the next lock', async () => {
    const database = await filled({ journalMode: 'wal' }, 1);
    await writeFile(join(database.folder, 'app.db.holdfast-undo-x1.partial'), 'half');
    await writeFile(join(database.folder, 'app.db.holdfast-undo-x2'), 'whole');
    await (await database.engine.lock(0)).release();
    const undos = (await readdir(database.folder)).filter((name) => name.includes('undo'));
    expect(undos).toEqual(['app.db.holdfast-undo-x2']);
  });

  it.each([
    '../app.db',
    'app.db',
    'app.db.holdfast-undo-',
    'app.db.holdfast-undo-../x',
    'other.db.holdfast-undo-x1',
  ])('the undo %p is none', async (undo) => {
    const { engine } = await filled({ journalMode: 'wal' }, 1);
    await expect(engine.putBack(undo, { id: 'b', workFolder })).rejects.toEqual(refusal(['not-found']));
    await expect(engine.dropUndo(undo)).rejects.toEqual(refusal(['not-found']));
  });

  it('a full disk refuses a restore, and live is unchanged', async () => {
    const database = await filled({ journalMode: 'wal' }, 2_000);
    const source = sourceOf(await takeDump(database.engine, workFolder, 'a'));
    const huge = { ...source, parts: [{ name: 'file', offset: 0, length: 1024 ** 5 }] };
    await expect(database.engine.stage(huge, { id: 'b', workFolder })).rejects.toEqual(refusal(['no-space']));
    expect(await database.query('SELECT count(*) FROM t')).toEqual([[2_000n]]);
  });
});
