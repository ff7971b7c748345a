import type { ThreadTools } from './thread.js';

/**
 * For `runInThread`. Copies a database that others may be writing to into the new file `to`, at one consistent point,
 * by SQLite's online backup (https://www.sqlite.org/backup.html). The copy needs no other file beside it.
 */
export async function copyDatabase(
  { from, to }: { from: string; to: string },
  { Database, fs }: ThreadTools,
): Promise<void> {
  const pagesAtOnce = 2_048;
  const allPages = 0x7fff_ffff;
  const waitMs = 30_000;
  /** How often a step may gain nothing before all pages are copied in one, and before the copy is given up. */
  const setbacks = { beforeOneStep: 3, beforeFailure: 6 };
  const busy = () => Object.assign(new Error('The source stayed locked'), { code: 'SQLITE_BUSY' });
  fs.writeFileSync(to, '', { mode: 0o600, flag: 'wx' });

  const source = new Database(from, { timeout: waitMs, fileMustExist: true });
  try {
    if (source.pragma('journal_mode', { simple: true }) === 'wal') {
      // A read transaction holds the snapshot, and with a write-ahead log it holds nobody up.
      source.exec('BEGIN');
      source.prepare('SELECT count(*) FROM sqlite_schema').get();
    }
    let remaining = Infinity;
    let lost = 0;
    await source.backup(to, {
      progress: ({ remainingPages }) => {
        // A write by another process makes the copy begin again. When that goes on, all is copied in one step, during
        // which writers wait. A step that still gains nothing has not got the lock in all its time.
        if (remainingPages >= remaining) lost += 1;
        if (lost === setbacks.beforeFailure) throw busy();
        remaining = remainingPages;
        return lost < setbacks.beforeOneStep ? pagesAtOnce : allPages;
      },
    });
  } finally {
    source.close();
  }
  // The driver takes a source that stayed locked for an empty one and copies nothing; even an empty database has a page.
  if (fs.statSync(to).size === 0) throw busy();

  const copy = new Database(to);
  copy.pragma('journal_mode = DELETE');
  copy.close();
}
