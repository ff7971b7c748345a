import { DomainError, isDomainError } from '../../../common/errors.js';
import type { DatabaseSchema, ProjectRows, RowReader, RowWriter } from '../../rows.types.js';
import { MysqlRowReader } from './mysql-row-reader.js';
import { MysqlRowWriter } from './mysql-row-writer.js';
import type { OpenConnection } from './row-connection.js';
import { RowSession } from './row-session.js';
import { readSchema } from './schema-reader.js';

/** Row access on MySQL and MariaDB. Each call has a connection of its own for its whole time. */
export class MysqlRows implements Omit<ProjectRows, 'rehearsal'> {
  constructor(
    private readonly openConnection: OpenConnection,
    private readonly databaseName: string,
  ) {}

  schema(): Promise<DatabaseSchema> {
    return this.#inSession(readSchema);
  }

  /** Tables outside of InnoDB are read as they are at that moment; `TableSchema.transactional` names them. */
  snapshot<T>(work: (reader: RowReader) => Promise<T>): Promise<T> {
    return this.#inSession(async (session) => {
      await session.run('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
      return work(new MysqlRowReader(session));
    });
  }

  /** REPEATABLE READ, since only from there on are the gaps between rows locked, too. */
  transaction<T>(work: (writer: RowWriter) => Promise<T>): Promise<T> {
    return this.#inSession(async (session) => {
      await session.run('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await session.run('SET SESSION foreign_key_checks = 0, unique_checks = 1');
      await session.run('START TRANSACTION');
      const result = await work(new MysqlRowWriter(session));
      await commit(session);
      return result;
    });
  }

  /** Rolls back whatever `work` left open, then closes. */
  async #inSession<T>(work: (session: RowSession) => Promise<T>): Promise<T> {
    const session = await RowSession.open(this.openConnection, this.databaseName);
    try {
      return await work(session);
    } finally {
      await session.rollback();
      await session.close();
    }
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
