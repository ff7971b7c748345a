import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../common/clock.js';
import { DomainError } from '../../../common/errors.js';
import type { Dump, RestoreSource, WorkOptions } from '../../engine.types.js';
import type { ColumnOfTable, ColumnSchema, DatabaseSchema } from '../../rows.types.js';
import type { Mask, Reduction, ScratchDatabase, ScratchValue } from '../../scratch.types.js';
import { asDomainError, openExisting } from '../connection.js';
import { openSqliteDump } from '../dump.js';
import { mustHaveSpace } from '../free-space.js';
import { quoteName } from '../rows/quote-name.js';
import { readSchema } from '../rows/schema.js';
import { removeDatabase, SqliteFile } from '../sqlite-file.js';
import { stageFile, staging } from '../stage.js';
import { runInThread } from '../thread.js';
import { reduceDatabase } from './reduce-job.js';

const batchRows = 500;

/** A file in the work folder, and beside it the one that is dumped. */
export async function openSqliteScratch(
  live: SqliteFile,
  clock: Clock,
  source: RestoreSource,
  options: WorkOptions,
): Promise<ScratchDatabase> {
  // Twice: what may be seen is written into a file of its own.
  const { folder, bytes } = staging(source, options);
  await mustHaveSpace([{ folder, bytes: 2 * bytes }]);
  const { replacement, discard } = await stageFile(live, null, source, options);
  return new SqliteScratch(
    live.name,
    replacement,
    clock,
    join(options.workFolder, `public-${options.id}.db`),
    discard,
  );
}

class SqliteScratch implements ScratchDatabase {
  constructor(
    private readonly name: string,
    private readonly path: string,
    private readonly clock: Clock,
    private readonly reduced: string,
    private readonly discardStaging: () => Promise<void>,
  ) {}

  async schema(): Promise<DatabaseSchema> {
    const connection = openExisting(this.path, this.name);
    try {
      return readSchema(connection);
    } finally {
      connection.close();
    }
  }

  /** Any column takes anything, but one that is an alias of the row's id, and those of strict tables. */
  whyUnfit(mask: Mask, { type }: ColumnSchema): string | null {
    const isNumber = ['hash', 'number', 'null'].includes(mask.kind);
    return /int/i.test(type) && !isNumber
      ? 'its numbers can be masked by a hash, a number or null only'
      : null;
  }

  async *values(columns: readonly ColumnOfTable[]): AsyncGenerator<ScratchValue[]> {
    const tables = new Map<string, number[]>();
    columns.forEach(({ table }, at) => tables.set(table, [...(tables.get(table) ?? []), at]));
    for (const [table, places] of tables) {
      const names = places.map((at) => columns[at]?.column ?? '');
      for await (const rows of rowsOf(this.path, this.name, table, names)) {
        yield rows.flatMap((row) =>
          row.flatMap((bytes, index) => (bytes ? { column: places[index] ?? 0, bytes } : [])),
        );
      }
    }
  }

  async reduce({ tables, key }: Reduction, { signal }: WorkOptions): Promise<string[]> {
    const job = { from: this.path, to: this.reduced, key: key.toString('hex'), tables };
    const { notes, failed } = await runInThread(reduceDatabase, job, signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw asDomainError(error, this.name);
    });
    if (!failed) return notes;
    const detail = `SQLite refused to write the table ${failed.table} as the policy says (${failed.code}). Change the policy: mask in another way, or drop the column.`;
    throw new DomainError('conflict', detail);
  }

  openDump(options: WorkOptions): Promise<Dump> {
    return openSqliteDump(new SqliteFile(this.reduced), this.clock, options);
  }

  /** A long value is spread over pages, so that the file need not have it in one piece. */
  async *content(): AsyncGenerator<{ place: string; bytes: Buffer }> {
    const connection = openExisting(this.reduced, this.name);
    const schema = (() => {
      try {
        return readSchema(connection);
      } finally {
        connection.close();
      }
    })();
    for (const { name: table, columns } of schema.tables) {
      const names = columns.map(({ name }) => name);
      for await (const rows of rowsOf(this.reduced, this.name, table, names)) {
        for (const row of rows) {
          for (const [at, bytes] of row.entries()) {
            if (bytes) yield { place: `${table}.${names[at]}`, bytes };
          }
        }
      }
    }
  }

  async discard(): Promise<void> {
    await removeDatabase(this.reduced);
    await this.discardStaging();
  }
}

/** The bytes of these columns of all rows, in batches; other work gets its turn between two. */
async function* rowsOf(
  path: string,
  name: string,
  table: string,
  columns: readonly string[],
): AsyncGenerator<(Buffer | null)[][]> {
  const connection = openExisting(path, name);
  try {
    const list = columns.map((column) => `CAST(${quoteName(column)} AS BLOB)`).join(', ');
    const statement = connection
      .prepare<[], (Buffer | null)[]>(`SELECT ${list} FROM ${quoteName(table)}`)
      .raw();
    let batch: (Buffer | null)[][] = [];
    for (const row of statement.iterate()) {
      batch.push(row);
      if (batch.length < batchRows) continue;
      yield batch;
      batch = [];
      await nextTurn();
    }
    yield batch;
  } finally {
    connection.close();
  }
}
