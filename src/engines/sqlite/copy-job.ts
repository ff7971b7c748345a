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
  /** Steps without a page; each has waited for the time-out of the connection. */
  const patience = 3;
  const busy = () => Object.assign(new Error('The source stayed locked'), { code: 'SQLITE_BUSY' });
  fs.writeFileSync(to, '', { mode: 0o600, flag: 'wx' });

  const source = new Database(from, { timeout: 10_000 });
  try {
    if (source.pragma('journal_mode', { simple: true }) === 'wal') {
      // A read transaction holds the snapshot, and with a write-ahead log it holds nobody up.
      source.exec('BEGIN');
      source.prepare('SELECT count(*) FROM sqlite_schema').get();
    }
    let remaining = Infinity;
    let restarts = 0;
    let standstills = 0;
    await source.backup(to, {
      progress: ({ remainingPages }) => {
        // A write by another process makes the copy begin again. After a few times it is done in one step, during
        // which writers wait.
        if (remainingPages > remaining) restarts += 1;
        standstills = remainingPages === remaining ? standstills + 1 : 0;
        if (standstills === patience) throw busy();
        remaining = remainingPages;
        return restarts < 3 ? pagesAtOnce : allPages;
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
