import type { ThreadTools } from './thread.js';

/**
 * For `runInThread`. Writes the database anew with another page size, since a file in write-ahead mode can only be
 * overwritten page by page. VACUUM INTO keeps even the implicit row ids, which VACUUM does not.
 */
export function rewriteWithPageSize(
  { from, to, pageSize }: { from: string; to: string; pageSize: number },
  { Database }: ThreadTools,
): void {
  const database = new Database(from, { fileMustExist: true });
  try {
    database.pragma(`page_size = ${pageSize}`);
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
}
