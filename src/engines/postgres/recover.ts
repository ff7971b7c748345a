import type { PostgresAddress } from '../../config/postgres-url.js';
import type { RecoveryReport } from '../engine.types.js';
import { select } from './connection.js';
import { dropDatabase } from './databases.js';
import { onServer } from './maintenance.js';
import { companionKind } from './names.js';

/** A swap is whole or has not been: what a crash can leave is a staging. */
export async function recoverPostgres(address: PostgresAddress): Promise<RecoveryReport> {
  const names = await onServer(address, (connection) =>
    select<[string]>(connection, 'SELECT datname FROM pg_database ORDER BY datname'),
  );
  const undos: string[] = [];
  for (const [name] of names) {
    const kind = companionKind(address.database, name);
    if (kind === 'staging') await dropDatabase(address, name);
    if (kind === 'undo') undos.push(name);
  }
  return { putBack: [], broughtForward: [], undos };
}

/** Every exchange renames another database into live's place. */
export async function incarnationOf(address: PostgresAddress): Promise<string | null> {
  const [row] = await onServer(address, (connection) =>
    select<[string]>(connection, 'SELECT oid::text FROM pg_database WHERE datname = $1', [address.database]),
  );
  return row?.[0] ?? null;
}
