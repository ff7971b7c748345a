import Database from 'better-sqlite3';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../common/clock.js';
import { readIncarnation, readLiveFacts } from './live-facts.js';
import { SqliteFile } from './sqlite-file.js';

describe('What a restore asks of a file that does not exist', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-live-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is answered as of an empty database, and makes none', async () => {
    const missing = new SqliteFile(join(folder, 'missing.db'));
    const [facts, incarnation] = [
      await readLiveFacts(missing, new Clock()),
      await readIncarnation(missing, new Clock()),
    ];
    expect(await readdir(folder)).toEqual([]);

    new Database(join(folder, 'empty.db')).close();
    const empty = new SqliteFile(join(folder, 'empty.db'));
    expect(facts).toEqual(await readLiveFacts(empty, new Clock()));
    expect(incarnation).toBe(await readIncarnation(empty, new Clock()));
  });
});
