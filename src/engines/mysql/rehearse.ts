import { DomainError, isDomainError } from '../../common/errors.js';
import type { Check, RehearsalSource, WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { compareRows } from './compare-rows.js';
import { withConnection } from './connection.js';
import { stagingSchema } from './names.js';
import { stageMysqlRestore } from './restore.js';
import { readServerInfo } from './server.js';

/**
 * Stages a restore as if it were meant, and dumps what was loaded by the same program, so that the checksums of the
 * manifest can be compared: what the server holds is what it once held, to the byte.
 */
export async function rehearseMysqlRestore(
  address: MysqlAddress,
  source: RehearsalSource,
  options: WorkOptions,
): Promise<Check[]> {
  const staged = await stageMysqlRestore(address, source, options).catch(async (error: unknown) => {
    throw await verdictOn(error, address, source);
  });
  try {
    options.onPhase?.('checksums');
    const { tables, views, triggers, routines } = source.contents;
    const detail =
      `The server took ${tables.length} tables with the rows of the manifest, ${views.length} views, ` +
      `${triggers.length} triggers and ${routines.length} routines.`;
    const staging = { ...address, database: stagingSchema(address.database, options.id) };
    return [{ name: 'loaded', detail }, await compareRows(staging, source, options)];
  } finally {
    await staged.discard();
  }
}

/** What the very server refuses that the backup was made from is damaged; what another one refuses may be whole. */
async function verdictOn(
  error: unknown,
  address: MysqlAddress,
  { madeBy }: RehearsalSource,
): Promise<unknown> {
  if (!isDomainError(error) || error.code !== 'artefact-unfit') return error;
  const { version } = await withConnection(address, readServerInfo);
  if (version !== madeBy.serverVersion) return error;
  return new DomainError('artefact-damaged', error.detail, { cause: error });
}
