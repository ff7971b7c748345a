import { Connection as CoreConnection, type ConnectionOptions } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { Duplex } from 'node:stream';
import { quoteName } from '../connection.js';

/** How a connection must be opened for row access. Values then come exactly: dates, decimals and JSON as text. */
export const rowConnectionOptions = {
  charset: 'utf8mb4',
  rowsAsArray: true,
  dateStrings: true,
  supportBigNumbers: true,
  bigNumberStrings: false,
  decimalNumbers: false,
  jsonStrings: true,
} as const satisfies ConnectionOptions;

/** Opens a connection with these options; the address and the account are the opener's own knowledge. */
export type OpenConnection = (options: ConnectionOptions) => Promise<Connection>;

/** mysql2's promise interface has no rows as they come; the connection beneath it has. */
export function coreOf(connection: Connection): CoreConnection {
  const core: unknown = 'connection' in connection ? connection.connection : undefined;
  if (core instanceof CoreConnection) return core;
  throw new Error('Row access needs a connection made by mysql2/promise');
}

/**
 * Ends a connection at once. mysql2's own `destroy` only stops writing: a result that is still on its way would keep
 * socket and server busy.
 */
export function cut(core: CoreConnection): void {
  core.destroy();
  if ('stream' in core && core.stream instanceof Duplex) core.stream.destroy();
}

const lockWaitSeconds = 20;

/**
 * What a session must not inherit from the server's settings:
 * - UTC, so that each TIMESTAMP has one text, also in the hour that a clock change repeats;
 * - a mode in which zero dates, impossible dates, an AUTO_INCREMENT of 0 and an ENUM's error value '' can be written;
 * - sorting by all bytes of any key: an index holds 3072 bytes, which utf8mb4 makes up to three times as many of;
 * - patience with a slow reader, none with locks.
 */
export function sessionSettings(databaseName: string): string[] {
  return [
    `USE ${quoteName(databaseName)}`,
    `SET SESSION time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', sql_safe_updates = 0,
      sql_select_limit = DEFAULT, max_sort_length = 9216, sort_buffer_size = 8388608, net_write_timeout = 600,
      innodb_lock_wait_timeout = ${lockWaitSeconds}, lock_wait_timeout = ${lockWaitSeconds}`,
  ];
}
