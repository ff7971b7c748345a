import type { Connection as CoreConnection } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import type { Row } from '../../rows.types.js';
import { isLost } from '../connection.js';
import { coreOf, cut, type OpenConnection, rowConnectionOptions, sessionSettings } from './row-connection.js';
import type { RowDecoder } from './row-decoder.js';
import { streamRows } from './row-stream.js';
import { sessionError } from './session-errors.js';

/** One connection, set up for exact rows. Errors of the driver come out as DomainErrors that name the table only. */
export class RowSession {
  readonly #core: CoreConnection;
  #busy = false;
  #lost = false;

  private constructor(
    private readonly connection: Connection,
    /** The largest statement that the server takes, in bytes. */
    readonly maxPacketBytes: number,
  ) {
    this.#core = coreOf(connection);
  }

  /** Throws DomainError `database-unreachable`, `database-refused`. */
  static async open(openConnection: OpenConnection, databaseName: string): Promise<RowSession> {
    const connection = await openConnection(rowConnectionOptions).catch((error: unknown) => {
      throw sessionError(error);
    });
    try {
      // Also told to whoever waits; without a listener, Node would end the process.
      connection.on('error', () => undefined);
      for (const sql of sessionSettings(databaseName)) await connection.query(sql);
      const [rows] = await connection.query('SELECT @@max_allowed_packet, VERSION()');
      const [[maxPacketBytes, version] = [0, '']] = rows as unknown as [number, string][];
      // Statements may take as long as they take (a server may limit them to seconds).
      const unlimited = /mariadb/i.test(version) ? 'max_statement_time' : 'max_execution_time';
      // Nor may a chain of rows end after the first thousand.
      const depth = /mariadb/i.test(version) ? 'max_recursive_iterations' : 'cte_max_recursion_depth';
      await connection.query(`SET SESSION ${unlimited} = 0, ${depth} = 4294967295`);
      // MySQL would tell the next AUTO_INCREMENT of yesterday.
      if (!/mariadb/i.test(version))
        await connection.query('SET SESSION information_schema_stats_expiry = 0');
      return new RowSession(connection, Number(maxPacketBytes));
    } catch (error) {
      connection.destroy();
      throw sessionError(error);
    }
  }

  /** All rows of a statement, as mysql2 hands them over. */
  async rows<T extends readonly unknown[]>(sql: string, table?: string): Promise<T[]> {
    return (await this.#ask(sql, table)) as T[];
  }

  /** Runs a statement; returns how many rows it changed. */
  async run(sql: string, table?: string): Promise<number> {
    return affected(await this.#ask(sql, table));
  }

  /** As `run`, with `?` for values that are too large to stand in the statement. */
  async runWith(sql: string, values: Buffer[], table: string): Promise<number> {
    this.#mustBeIdle();
    try {
      const [result] = await this.connection.execute(sql, values);
      return affected(result);
    } catch (error) {
      throw this.#failure(error, table);
    } finally {
      this.connection.unprepare(sql);
    }
  }

  /**
   * The rows of a statement in batches. Nothing else can be asked until they are read to their end or the reader has
   * stopped; a reader that stops within sight of the end leaves the session usable, otherwise its connection is cut.
   */
  async *stream(sql: string, decoder: RowDecoder, table: string): AsyncGenerator<Row[]> {
    this.#mustBeIdle();
    this.#busy = true;
    const stream = streamRows(this.#core, sql, decoder);
    try {
      yield* stream.batches();
    } catch (error) {
      throw this.#failure(error, table);
    } finally {
      if (!(await stream.abandon())) this.#cut();
      this.#busy = false;
    }
  }

  /** Ends what is open. Never throws. */
  async rollback(): Promise<void> {
    if (!this.#lost) await this.run('ROLLBACK').catch(() => this.#cut());
  }

  /** Never throws. */
  async close(): Promise<void> {
    if (!this.#lost) await this.connection.end().catch(() => this.#cut());
  }

  async #ask(sql: string, table?: string): Promise<unknown> {
    this.#mustBeIdle();
    try {
      // `values: null` spares mysql2's search for placeholders in megabytes of rows (and in names with a `?`).
      const [result] = await this.connection.query({ sql, rowsAsArray: true, values: null });
      return result;
    } catch (error) {
      throw this.#failure(error, table);
    }
  }

  /** One connection gives one answer at a time: a question behind a half-read answer would wait for ever. */
  #mustBeIdle(): void {
    if (this.#busy) throw new Error('The rows of the previous statement have not been read to their end');
  }

  #failure(error: unknown, table?: string): unknown {
    if (isLost(error)) this.#cut();
    return sessionError(error, table);
  }

  #cut(): void {
    this.#lost = true;
    cut(this.#core);
  }
}

function affected(result: unknown): number {
  return typeof result === 'object' && result !== null && 'affectedRows' in result
    ? Number(result.affectedRows)
    : 0;
}
