import type { DatabaseAddress } from '../../config/database-url.js';
import type { Registration } from '../registration.entity.js';
import type { KeyRing } from './key-ring.service.js';
import { keyIdOf } from './sealed-value.js';

/** Where a registered database is, with its password. Throws DomainError `database-unreachable` without its key. */
export async function addressOf(
  { id, connection }: Pick<Registration, 'id' | 'connection'>,
  ring: KeyRing,
): Promise<DatabaseAddress> {
  return JSON.parse(await ring.open(connection, id)) as DatabaseAddress;
}

/** The columns of a registration that keep an address. */
export async function sealedAddress(
  id: string,
  address: DatabaseAddress,
  ring: KeyRing,
): Promise<Pick<Registration, 'connection' | 'keyId'>> {
  const connection = await ring.seal(JSON.stringify(address), id);
  return { connection, keyId: keyIdOf(connection) ?? '' };
}
