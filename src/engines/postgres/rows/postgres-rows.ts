import { DomainError, errorCodeOf, isDomainError } from '../../../common/errors.js';
import type { PostgresAddress } from '../../../config/postgres-url.js';
import type { DatabaseSchema, ProjectRows, RowReader, RowWriter, ScratchPlace } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { projectsRefused } from '../privileges.js';
import { PostgresRowReader } from './postgres-row-reader.js';
import { PostgresRowWriter } from './postgres-row-writer.js';
import { RowSession } from './row-session.js';
import { readSchema } from './schema-reader.js';

const lockWait = '20s';

/** Row access on the tables of one schema. Each call has a connection of its own for its whole time. */
export class PostgresRows implements ProjectRows {
  constructor(private readonly address: PostgresAddress) {}

  schema(): Promise<DatabaseSchema> {
    return this.#inSession((session) => readSchema(session, this.address.schema));
  }

  snapshot<T>(work: (reader: RowReader) => Promise<T>): Promise<T> {
    return this.#inSession(async (session) => {
      await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      // The snapshot is that of the first statement that needs one.
      await session.run('SELECT pg_current_snapshot()');
      return work(new PostgresRowReader(session));
    });
  }

  transaction<T>(work: (writer: RowWriter) => Promise<T>): Promise<T> {
    return this.#inSession(async (session) => {
      await beginWriting(session);
      const writer = new PostgresRowWriter(session);
      const result = await work(writer);
      await writer.settle();
      await commit(session);
      return result;
    });
  }

  /** The copies stand in a schema that is never committed: nobody else sees them, and a crash leaves nothing. */
  rehearsal<T>(
    tables: readonly string[],
    { id }: ScratchPlace,
    work: (writer: RowWriter) => Promise<T>,
  ): Promise<T> {
    return this.#inSession(async (session) => {
      await beginWriting(session);
      const scratch = quoteName(`holdfast_t_${id}`);
      await session.run(`CREATE SCHEMA ${scratch}`);
      for (const table of tables) {
        const original = `${quoteName(this.address.schema)}.${quoteName(table)}`;
        await session.run(
          `CREATE TABLE ${scratch}.${quoteName(table)} (LIKE ${original} INCLUDING ALL)`,
          table,
        );
      }
      await session.run(`SET LOCAL search_path = ${scratch}`);
      return work(new PostgresRowWriter(session));
    });
  }

  async #inSession<T>(work: (session: RowSession) => Promise<T>): Promise<T> {
    const session = await RowSession.open(this.address);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }
}

/** As a replica, no foreign key cascades or refuses, and no trigger fires. */
async function beginWriting(session: RowSession): Promise<void> {
  await session.run('BEGIN ISOLATION LEVEL READ COMMITTED');
  await session.run(`SET LOCAL lock_timeout = '${lockWait}'`);
  try {
    await session.run('SET LOCAL session_replication_role = replica');
  } catch (error) {
    if (!isDomainError(error) || errorCodeOf(error.cause) !== '42501') throw error;
    throw new DomainError('database-refused', projectsRefused, { cause: error });
  }
}

/** Of a commit whose answer was lost nobody knows whether it took place; the caller must not say that it did not. */
async function commit(session: RowSession): Promise<void> {
  try {
    await session.run('COMMIT');
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'database-unreachable') throw error;
    throw new DomainError(
      'database-unreachable',
      'The connection was lost while the changes were being committed, so that they may be there or not. Compare the project with its backup before trying again.',
      { cause: error },
    );
  }
}
