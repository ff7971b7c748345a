import type { ThreadTools } from './thread.js';

export interface Inspection {
  /** What SQLite's check says of the file's structure; empty when the file is sound. */
  damage: string[];
  /** Rows that break a constraint of their own table: the file is sound, its content was so before. */
  brokenConstraints: string[];
  tables: { name: string; rows: number }[];
  views: string[];
  triggers: string[];
  pageSize: number;
  /** Rows whose foreign key points to nothing, which SQLite lets stand; null when nobody asked. */
  dangling: number | null;
}

export interface InspectionJob {
  path: string;
  /** `full` also compares each index with its table, and counts the foreign keys that point to nothing. */
  check: 'quick' | 'full';
}

/**
 * For `runInThread`. Checks a database file that nobody else uses, and says what is in it. Afterwards the file needs
 * no other file beside it.
 */
export function inspectDatabase({ path, check }: InspectionJob, { Database }: ThreadTools): Inspection {
  const database = new Database(path, { fileMustExist: true });
  try {
    database.pragma('journal_mode = DELETE');
    database.pragma('cell_size_check = ON');
    const pragma = check === 'full' ? 'integrity_check' : 'quick_check';
    const said = database.prepare<[], string>(`PRAGMA ${pragma}(1000)`).pluck().all();
    const aboutContent = /^(CHECK constraint failed|(NULL|TEXT|NUMERIC|non-\w+) value) in /;
    const names = (type: string) =>
      database
        .prepare<[string], string>(
          `SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
           AND (type <> 'table' OR rootpage <> 0) ORDER BY name`,
        )
        .pluck()
        .all(type);
    const countOf = (table: string) =>
      database
        .prepare<[], number>(`SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)
        .pluck()
        .get() ?? 0;
    const countDangling = () => {
      let rows = 0;
      // A declaration that names no key of its parent is an error to SQLite, and as old as the table.
      for (const table of names('table')) {
        try {
          const check = database.prepare(`PRAGMA foreign_key_check("${table.replaceAll('"', '""')}")`);
          // Not all at once: there may be many.
          for (const row of check.iterate()) rows += row ? 1 : 0;
        } catch (error) {
          if (!String(error).includes('foreign key mismatch')) throw error;
        }
      }
      return rows;
    };
    const damage = said.filter((line) => line !== 'ok' && !aboutContent.test(line));
    return {
      damage,
      brokenConstraints: said.filter((line) => aboutContent.test(line)),
      // A virtual table (root page 0) keeps its rows in tables of its own, which are counted.
      tables: damage.length > 0 ? [] : names('table').map((name) => ({ name, rows: countOf(name) })),
      views: names('view'),
      triggers: names('trigger'),
      pageSize: Number(database.pragma('page_size', { simple: true })),
      dangling: check === 'full' && damage.length === 0 ? countDangling() : null,
    };
  } finally {
    database.close();
  }
}
