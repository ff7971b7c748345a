import Cursor from 'pg-cursor';
import type { PostgresAddress } from '../../../config/postgres-url.js';
import type { Row } from '../../rows.types.js';
import { connect, type Connection, disconnect, isLost, quoteName, select } from '../connection.js';
import type { RowDecoder } from './row-decoder.js';
import { sessionError } from './session-errors.js';

/** The rows of a batch, at most; fewer when they are large. */
const mostRows = 500;
const fewestRows = 10;
const batchCharacters = 2 * 1024 * 1024;

/** One connection for rows of one schema. Errors of the driver come out as DomainErrors that name the table only. */
export class RowSession {
  #busy = false;
  #ended = false;

  private constructor(private readonly connection: Connection) {
    connection.once('end', () => (this.#ended = true));
  }

  /** Throws DomainError `database-unreachable`, `database-refused`. */
  static async open(address: PostgresAddress): Promise<RowSession> {
    const connection = await connect(address);
    try {
      await connection.query(`SET search_path = ${quoteName(address.schema)}`);
      return new RowSession(connection);
    } catch (error) {
      await disconnect(connection);
      throw sessionError(error);
    }
  }

  /** All rows of a statement, as the server prints them. */
  async rows<T extends readonly (string | null)[]>(sql: string, table?: string): Promise<T[]> {
    this.#mustBeIdle();
    try {
      return await select<T>(this.connection, sql);
    } catch (error) {
      throw sessionError(error, table);
    }
  }

  /** Runs a statement; returns how many rows it changed. */
  async run(sql: string, table?: string): Promise<number> {
    this.#mustBeIdle();
    try {
      return (await this.connection.query(sql)).rowCount ?? 0;
    } catch (error) {
      throw sessionError(error, table);
    }
  }

  /**
   * The rows of a statement in batches, asked for one after the other, so that memory holds one whatever the number of
   * rows. Nothing else can be asked until they are read to their end or the reader has stopped.
   */
  async *stream(sql: string, decode: RowDecoder, table: string): AsyncGenerator<Row[]> {
    this.#mustBeIdle();
    this.#busy = true;
    const cursor = this.connection.query(new Cursor<(string | null)[]>(sql, [], { rowMode: 'array' }));
    let size = fewestRows * 5;
    try {
      for (;;) {
        const found = await this.#whileConnected(cursor.read(size));
        if (found.length === 0) return;
        size = nextSize(found);
        yield found.map(decode);
      }
    } catch (error) {
      throw isOfTheDriver(error) ? sessionError(error, table) : error;
    } finally {
      await this.#whileConnected(cursor.close()).catch(() => undefined);
      this.#busy = false;
    }
  }

  /**
   * A cursor that is at its end, or being closed, waits for one more word of the server, for ever if the connection is cut
   * before.
   */
  #whileConnected<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(new Error('Connection terminated'));
      this.connection.once('end', lost);
      answer.then(resolve, reject).finally(() => this.connection.off('end', lost));
      if (this.#ended) lost();
    });
  }

  /** Ends the session; what it has not committed is rolled back. Never throws. */
  async close(): Promise<void> {
    await disconnect(this.connection);
  }

  /** A question behind a half-read answer would wait for ever. */
  #mustBeIdle(): void {
    if (this.#busy) throw new Error('The rows of the previous statement have not been read to their end');
  }
}

function nextSize(found: readonly (string | null)[][]): number {
  const characters = found.reduce(
    (sum, row) => sum + row.reduce((length, text) => length + (text?.length ?? 0), 0),
    0,
  );
  const fit = Math.floor(batchCharacters / Math.max(1, characters / found.length));
  return Math.min(mostRows, Math.max(fewestRows, fit));
}

/** What a reader throws into the stream is its own. */
function isOfTheDriver(error: unknown): boolean {
  return isLost(error) || (error instanceof Error && 'severity' in error);
}
