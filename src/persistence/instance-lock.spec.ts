import Database from 'better-sqlite3';
import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdDataFolder } from './instance-lock.js';

describe('the data folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-instance-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Another process that holds the folder until it is killed. In an object: it is a promise of its own end. */
  const another = async () => {
    const script = `
      const Database = require('better-sqlite3');
      const db = new Database(process.argv[1], { timeout: 0 });
      db.exec('BEGIN EXCLUSIVE');
      process.send('held');
      setInterval(() => db.inTransaction, 1000);`;
    const child = execa(process.execPath, ['-e', script, join(folder, 'instance.lock')], {
      ipc: true,
      reject: false,
    });
    await child.getOneMessage();
    return { holder: child };
  };

  it('belongs to one process: a second start is refused with a sentence that names the setting', async () => {
    const lock = holdDataFolder(folder, 0);
    expect(() => holdDataFolder(folder, 0)).toThrow(/HOLDFAST_DATA_DIR/);
    expect(() => holdDataFolder(folder, 0)).toThrow(expect.objectContaining({ code: 'conflict' }));
    lock.release();
    holdDataFolder(folder, 0).release();
  });

  it('is free again when the process that had it was killed', async () => {
    const { holder } = await another();
    expect(() => holdDataFolder(folder, 0)).toThrow(expect.objectContaining({ code: 'conflict' }));
    holder.kill('SIGKILL');
    await holder;
    holdDataFolder(folder, 0).release();
  });

  it('is waited for while the predecessor ends', async () => {
    const { holder } = await another();
    // Not by a timer of ours: the waiting holds up the whole process.
    const killer = execa('sh', ['-c', `sleep 0.5; kill -9 ${holder.pid ?? 0}`]);
    holdDataFolder(folder, 10_000).release();
    await Promise.all([killer, holder]);
  });

  it('that cannot be one is said to be none', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    expect(() => holdDataFolder(join(file, 'data'), 0)).toThrow(
      expect.objectContaining({ code: 'storage-unavailable' }),
    );
  });

  it('is made when it is missing', () => {
    const data = join(folder, 'new', 'data');
    holdDataFolder(data, 0).release();
    new Database(join(data, 'instance.lock'), { fileMustExist: true }).close();
  });
});
