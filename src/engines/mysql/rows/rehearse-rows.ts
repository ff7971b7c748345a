import type { RowWriter, ScratchPlace } from '../../rows.types.js';
import type { MysqlAddress } from '../address.js';
import { connect, withConnection } from '../connection.js';
import { trialSchema } from '../names.js';
import { createEmptyCopies, dropSchema } from '../schemas.js';
import { MysqlRows } from './mysql-rows.js';

/** A transaction in a schema of its own, which a crash leaves to the next recovery. */
export async function rehearseMysqlRows<T>(
  address: MysqlAddress,
  tables: readonly string[],
  { id }: ScratchPlace,
  work: (writer: RowWriter) => Promise<T>,
): Promise<T> {
  const scratch = trialSchema(address.database, id);
  try {
    await withConnection(address, (connection) =>
      createEmptyCopies(connection, address.database, scratch, tables),
    );
    return await new MysqlRows((options) => connect(address, options), scratch).transaction(work);
  } finally {
    await dropSchema(address, scratch);
  }
}
