import Database from 'better-sqlite3';
import { chmod, open, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import type { RestoreSource } from '../../src/engines/engine.types.js';
import { SqliteEngine } from '../../src/engines/sqlite/sqlite-engine.js';
import { sourceOf, takeDump } from './artefact.js';
import { createSqliteDatabase } from './sqlite.harness.js';
import { refusal } from './suites/prepared-database.js';

const rows = 500;

/** Breaks the file at a path, as crashes, disks and people do. */
const breakages: Record<string, (path: string) => Promise<void>> = {
  'is a text file': (path) => writeFile(path, 'Dear backup, I was overwritten by an editor.\n'.repeat(200)),
  'has lost its beginning': (path) => overwrite(path, 0, 4_096),
  'has a schema page of rubbish': (path) => overwrite(path, 100, 3_000),
  'was cut off': async (path) => writeFile(path, (await readFile(path)).subarray(0, 700)),
};

async function overwrite(path: string, from: number, length: number): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.write(Buffer.alloc(length, 0xee), 0, length, from);
  await handle.close();
}

describe('A broken SQLite file', () => {
  let folder: string;
  let workFolder: string;
  let path: string;
  let source: RestoreSource;
  const engine = () => new SqliteEngine({ engine: 'sqlite', path }, new Clock());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-broken-'));
    workFolder = await mkdtemp(join(tmpdir(), 'holdfast-broken-work-'));
    path = join(folder, 'app.db');
    const made = await createSqliteDatabase({ journalMode: 'delete' });
    await made.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, content TEXT)');
    await made.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
      INSERT INTO t SELECT i, printf('row %d', i) FROM n`);
    source = sourceOf(await takeDump(made.engine, workFolder, 'source'));
    await writeFile(path, await readFile(made.path), { mode: 0o640 });
    await made.drop();
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await rm(workFolder, { recursive: true, force: true });
  });

  const replace = async () => {
    const staged = await engine().stageReplacement(source, { id: 'r1', workFolder });
    await staged.replace();
    await staged.discard();
  };

  const soundRows = () => {
    const database = new Database(path);
    try {
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      return database.prepare('SELECT count(*) FROM t').pluck().get();
    } finally {
      database.close();
    }
  };

  it.each(Object.entries(breakages))(
    'that %s is refused by a restore that would keep it, and replaced when nothing is to be kept',
    async (_how, destroy) => {
      await destroy(path);
      const broken = await readFile(path);
      await expect(engine().stage(source, { id: 'r0', workFolder })).rejects.toEqual(
        refusal(['database-unreachable', 'database-refused'], /keep_nothing/),
      );
      expect((await readFile(path)).equals(broken)).toBe(true);

      await replace();
      expect(soundRows()).toBe(rows);
      expect(await readdir(folder)).toEqual(['app.db']);
      expect((await stat(path)).mode & 0o777).toBe(0o640);
    },
  );

  it('that is empty is an empty database: both ways restore it', async () => {
    await writeFile(path, '');
    const staged = await engine().stage(source, { id: 'r0', workFolder });
    await staged.swap();
    expect(soundRows()).toBe(rows);
    await writeFile(path, '');
    await replace();
    expect(soundRows()).toBe(rows);
  });

  it('whose pages of rows are rubbish can be kept, or not', async () => {
    await overwrite(path, 4_096, 4_096);
    const broken = await readFile(path);
    const staged = await engine().stage(source, { id: 'r0', workFolder });
    const undo = await staged.swap();
    expect(soundRows()).toBe(rows);
    expect((await readFile(join(folder, undo))).subarray(4_096, 8_192).every((byte) => byte === 0xee)).toBe(
      true,
    );
    await writeFile(path, broken);
    await replace();
    expect(soundRows()).toBe(rows);
  });

  it('has a journal of its own beside it, which is not played into the replacement', async () => {
    const writer = new Database(path);
    writer.pragma('cache_size = 1');
    writer.exec(`BEGIN; UPDATE t SET content = content || ' changed'; `);
    const journal = await readFile(`${path}-journal`);
    const pages = await readFile(path);
    writer.exec('ROLLBACK');
    writer.close();
    await writeFile(path, pages.fill(0xee, 0, 100));
    await writeFile(`${path}-journal`, journal);

    await replace();
    expect(soundRows()).toBe(rows);
    expect(await readdir(folder)).toEqual(['app.db']);
  });

  it('is replaced by the next start when the process died after the decision', async () => {
    await writeFile(path, 'not a database, but longer than a header of one '.repeat(10));
    await writeFile(`${path}-wal`, 'an old log');
    const staged = await engine().stageReplacement(source, { id: 'r1', workFolder });
    // What replaceFile leaves when it dies between its two renames.
    await writeFile(`${path}.holdfast-replacement-r1`, await readFile(join(workFolder, 'staging-r1.db')));
    await staged.discard();

    const lock = await engine().lock(1_000);
    const report = await engine().recover();
    await lock.release();
    expect(report.broughtForward).toEqual(['app.db.holdfast-replacement-r1']);
    expect(soundRows()).toBe(rows);
    expect((await readdir(folder)).filter((name) => /wal|replacement/.test(name))).toEqual([]);
  });

  it('stays as it is when the process died before the decision', async () => {
    await writeFile(path, 'not a database, but longer than a header of one '.repeat(10));
    await writeFile(`${path}.holdfast-replacement-r1.partial`, 'half a copy');
    const lock = await engine().lock(1_000);
    const report = await engine().recover();
    await lock.release();
    expect(report.broughtForward).toEqual([]);
    expect(await readFile(path, 'latin1')).toMatch(/^not a database/);
    expect((await readdir(folder)).filter((name) => name.includes('replacement'))).toEqual([]);
  });

  it('behind a symbolic link is not replaced: the link would be', async () => {
    await rename(path, join(folder, 'real.db'));
    await symlink(join(folder, 'real.db'), path);
    await writeFile(path, 'not a database, but longer than a header of one '.repeat(10));
    await chmod(path, 0o600);
    await expect(replace()).rejects.toEqual(refusal(['database-refused'], /symbolic link/));
    expect(await readFile(join(folder, 'real.db'), 'latin1')).toMatch(/^not a database/);
  });
});
