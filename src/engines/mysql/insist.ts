import type { Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf, isDomainError } from '../../common/errors.js';
import type { MysqlAddress } from './address.js';
import { withConnection } from './connection.js';

const tries = 12;
const pauseMs = 5_000;

/**
 * For work that must not be left half done: a new connection for each try, for about a minute while a table is in use or
 * the server is away. `work` must be safe to run again and again. Throws its last error.
 */
export async function insist<T>(
  address: MysqlAddress,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withConnection(address, work);
    } catch (error) {
      if (attempt === tries || !isPassing(error)) throw error;
      await sleep(pauseMs);
    }
  }
}

/** Worth another try: somebody uses a table, or the server is away for the moment. */
function isPassing(error: unknown): boolean {
  if (isDomainError(error)) return ['database-busy', 'database-unreachable'].includes(error.code);
  const code = errorCodeOf(error) ?? '';
  return /^(ER_LOCK_WAIT_TIMEOUT|ER_LOCK_DEADLOCK|ER_SERVER_SHUTDOWN|PROTOCOL_|ECONN)/.test(code);
}
