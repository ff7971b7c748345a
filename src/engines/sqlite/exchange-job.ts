import type { ThreadTools } from './thread.js';

export interface Exchange {
  live: string;
  /** Where live and its undo are. */
  folder: string;
  /** A whole database file with live's page size, used by nobody. */
  replacement: string;
  /** Where what was live is kept, and its working name in the same folder; it appears whole or not at all. Null: nowhere. */
  undo: { path: string; partial: string } | null;
  /** How long to wait for others to let go of live. */
  waitMs: number;
}

/**
 * For `runInThread`. Copies live into the undo, and then the replacement over live *within* the live file, as one
 * transaction of SQLite: whoever has the file open sees all of the old or all of the new, and a crash in the middle is
 * rolled back by SQLite's own journal. Throws SQLITE_BUSY when others do not let go in time; then live is unchanged.
 */
export async function exchangeDatabase(
  { live, folder, replacement, undo, waitMs }: Exchange,
  { Database, fs }: ThreadTools,
): Promise<void> {
  const clockTickMs = 20;
  const deadline = performance.now() + waitMs;
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const busy = () => Object.assign(new Error('The database stayed in use'), { code: 'SQLITE_BUSY' });

  /** Changes with every commit: rollback journals write the file itself, write-ahead logs the log. */
  const stampOfLive = () =>
    [live, `${live}-wal`]
      .map((file) => fs.statSync(file, { bigint: true, throwIfNoEntry: false }))
      .map((found) => (found ? `${found.mtimeNs}/${found.size}` : 'none'))
      .join(' ');

  const syncFolder = () => {
    const handle = fs.openSync(folder, 'r');
    fs.fsyncSync(handle);
    fs.closeSync(handle);
  };

  const copyLiveToUndo = async ({ path, partial }: { path: string; partial: string }) => {
    for (const suffix of ['', '-journal', '-wal', '-shm']) fs.rmSync(partial + suffix, { force: true });
    fs.writeFileSync(partial, '', { mode: 0o600, flag: 'wx' });
    const reader = new Database(live, { timeout: waitMs });
    await reader.backup(partial, { progress: () => 0x7fff_ffff }).finally(() => reader.close());
    if (fs.statSync(partial).size === 0) throw busy();
    const copy = new Database(partial);
    copy.pragma('journal_mode = DELETE');
    copy.close();
    fs.renameSync(partial, path);
    syncFolder();
  };

  /** The driver reports a target that is locked by others as done, with no page copied. */
  const overwriteLive = async (stamp: string) => {
    let outcome: 'busy' | 'changed' | 'done' = 'busy';
    const source = new Database(replacement, { fileMustExist: true });
    const changed = new Error('changed');
    await source
      .backup(live, {
        // Called first when live is locked and no page is copied yet.
        progress: () => {
          if (outcome === 'busy' && stampOfLive() !== stamp) {
            outcome = 'changed';
            throw changed;
          }
          outcome = 'done';
          return 0x7fff_ffff;
        },
      })
      .catch((error: unknown) => {
        if (error !== changed) throw error;
      })
      .finally(() => source.close());
    return outcome as 'busy' | 'changed' | 'done';
  };

  const keeper = new Database(live, { timeout: waitMs });
  /** Overwriting always raises it, so that other connections read the schema anew. */
  const versionOfLive = () => {
    try {
      return keeper.pragma('schema_version', { simple: true });
    } catch (error) {
      // Somebody writes for longer than we wait: so the exchange is over, and not undone by failing now.
      if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
      throw error;
    }
  };
  let done = false;
  try {
    while (!done) {
      if (performance.now() > deadline) throw busy();
      // Keeps writers away while the undo is made. Between this and the overwriting there is an instant in which
      // somebody may write; then the stamp differs, and the undo is made anew.
      keeper.exec('BEGIN IMMEDIATE');
      const version = versionOfLive();
      const stamp = stampOfLive();
      if (undo) await copyLiveToUndo(undo);
      await pause(clockTickMs);
      keeper.exec('ROLLBACK');
      let outcome = await overwriteLive(stamp);
      while (outcome === 'busy') {
        if (performance.now() > deadline) throw busy();
        await pause(5);
        outcome = await overwriteLive(stamp);
      }
      done = outcome === 'done';
      if (done && versionOfLive() === version) {
        done = false;
        throw new Error('The replacement was not committed');
      }
    }
  } finally {
    keeper.close();
    const unfinished = done || !undo ? [] : [undo.path, undo.partial, `${undo.partial}-journal`];
    for (const file of unfinished) fs.rmSync(file, { force: true });
  }
}
