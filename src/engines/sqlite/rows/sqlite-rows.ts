import { join } from 'node:path';
import type { Clock } from '../../../common/clock.js';
import { DomainError, errorCodeOf } from '../../../common/errors.js';
import type { DatabaseSchema, ProjectRows, RowReader, RowWriter, ScratchPlace } from '../../rows.types.js';
import { asDomainError, type Connection, firstRead, isBusy, openExisting, whenFree } from '../connection.js';
import { removeDatabase, SqliteFile } from '../sqlite-file.js';
import { realText } from './cells.js';
import { SqliteRowReader } from './row-reader.js';
import { realTextFunction } from './row-sql.js';
import { SqliteRowWriter } from './row-writer.js';
import { readSchema } from './schema.js';
import { createScratchDatabase, definitionsOf } from './scratch-database.js';

/** Each call works on a connection of its own. */
export class SqliteRows implements ProjectRows {
  constructor(
    private readonly file: SqliteFile,
    private readonly clock: Clock,
    /** How long to wait for other programs' locks. */
    private readonly waitMs = 20_000,
  ) {}

  schema(): Promise<DatabaseSchema> {
    return this.#inSnapshot((connection) => readSchema(connection));
  }

  snapshot<T>(work: (reader: RowReader) => Promise<T>): Promise<T> {
    return this.#inSnapshot((connection) => ended(new SqliteRowReader(connection), work));
  }

  transaction<T>(work: (writer: RowWriter) => Promise<T>): Promise<T> {
    return this.#connected(async (connection) => {
      await this.#beginWriting(connection);
      const result = await ended(new SqliteRowWriter(connection), work);
      await this.#unlessBusy(() => commit(connection));
      return result;
    });
  }

  async rehearsal<T>(
    tables: readonly string[],
    { id, workFolder }: ScratchPlace,
    work: (writer: RowWriter) => Promise<T>,
  ): Promise<T> {
    const path = join(workFolder, `scratch-${id}.db`);
    const definitions = await this.#inSnapshot((connection) => definitionsOf(connection, tables));
    try {
      await createScratchDatabase(path, definitions);
      return await new SqliteRows(new SqliteFile(path), this.clock).transaction(work);
    } finally {
      await removeDatabase(path);
    }
  }

  #inSnapshot<T>(work: (connection: Connection) => Promise<T> | T): Promise<T> {
    return this.#connected(async (connection) => {
      connection.pragma('query_only = ON');
      connection.exec('BEGIN');
      // The snapshot is that of the first read.
      await whenFree(firstRead(connection), this.clock, this.waitMs);
      return work(connection);
    });
  }

  async #beginWriting(connection: Connection): Promise<void> {
    connection.pragma('foreign_keys = OFF');
    await this.#unlessBusy(() => connection.exec('BEGIN IMMEDIATE'));
  }

  async #unlessBusy(attempt: () => unknown): Promise<void> {
    try {
      await whenFree(attempt, this.clock, this.waitMs);
    } catch (error) {
      if (!isBusy(error)) throw error;
      throw new DomainError(
        'conflict',
        'Another program keeps the database locked. Nothing was changed; try again later.',
        { cause: error },
      );
    }
  }

  /** Closing also rolls back what is not committed. */
  async #connected<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#open();
    try {
      return await work(connection);
    } catch (error) {
      // The work is the caller's; its own errors are none of ours.
      if (!errorCodeOf(error)?.startsWith('SQLITE_')) throw error;
      throw asDomainError(error, this.file.name);
    } finally {
      connection.close();
    }
  }

  #open(): Connection {
    try {
      const connection = openExisting(this.file.path, this.file.name);
      connection.function(realTextFunction, { deterministic: true }, (value: number) => realText(value));
      return connection;
    } catch (error) {
      throw asDomainError(error, this.file.name);
    }
  }
}

/** After an error of the disk, the next one to open the file may find the transaction whole or not at all. */
function commit(connection: Connection): void {
  try {
    connection.exec('COMMIT');
  } catch (error) {
    if (!errorCodeOf(error)?.startsWith('SQLITE_IOERR')) throw error;
    throw new DomainError(
      'database-unreachable',
      'The disk failed while the changes were being committed, so that they may be there or not. Compare the project with its backup before trying again.',
      { cause: error },
    );
  }
}

async function ended<Rows extends SqliteRowReader, T>(
  rows: Rows,
  work: (rows: Rows) => Promise<T>,
): Promise<T> {
  try {
    return await work(rows);
  } finally {
    await rows.end();
  }
}
