import { DomainError, errorCodeOf, isDomainError } from '../../../common/errors.js';
import { type Connection, isLost } from '../connection.js';

/** What the server says of a refused row has the row's values: only its code goes on, as DomainError `conflict`. */
export async function change(connection: Connection, what: string, sql: string): Promise<void> {
  try {
    await connection.query(sql);
  } catch (error) {
    if (isDomainError(error) || isLost(error)) throw error;
    const code = errorCodeOf(error) ?? 'no reason given';
    const detail = `The server refused to change ${what} in the copy as the policy says (${code}). Change the policy: drop what depends on a dropped column, too, or mask in another way.`;
    throw new DomainError('conflict', detail);
  }
}
