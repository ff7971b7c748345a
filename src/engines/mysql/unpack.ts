import type { RestoreSource, UnpackedArtefact, WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { connect } from './connection.js';
import { MysqlRows } from './rows/mysql-rows.js';
import { stageArtefact } from './staging.js';

/** Loads the dump into a staging schema, as a restore would, and reads there. */
export async function unpackMysqlDump(
  address: MysqlAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<UnpackedArtefact> {
  const { staging, discard } = await stageArtefact(address, source, options, () => Promise.resolve([]));
  return { rows: new MysqlRows((more) => connect(address, more), staging), discard };
}
