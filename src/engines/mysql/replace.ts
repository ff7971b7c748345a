import type { Connection } from 'mysql2/promise';
import {
  type RestoreSource,
  type StagedReplacement,
  unannounced,
  type WorkOptions,
} from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { bringForward } from './bring-forward.js';
import { findBrokenTables } from './broken-tables.js';
import { beginJournal } from './journal.js';
import { readRoutineGrants } from './routine-grants.js';
import { stageArtefact, subfolder } from './staging.js';
import type { Definitions } from './stored-objects.js';
import { passGate } from './swap.js';
import { tablesOf } from './table-moves.js';
import { keepDefinitions, keepPart } from './undo.js';

const nothingKeptNote = 'Nothing of what was live before is kept: this restore cannot be undone.';

/** As stageMysqlRestore, for a database of which nothing shall be kept: nothing of live needs to be readable. */
export async function stageMysqlReplacement(
  address: MysqlAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<StagedReplacement> {
  const live = address.database;
  const staged = await stageArtefact(address, source, options, () => Promise.resolve([nothingKeptNote]));
  const { notes, connection, staging, definitions, loader } = staged;
  let decided = false;
  return {
    notes,
    // Once it may have been written down that live goes, the staging may be all that there is.
    discard: () => (decided ? Promise.resolve(connection.destroy()) : staged.discard()),
    replace: async () => {
      options.onPhase?.('swap');
      const incomingTables = await prepare(connection, live, staging, definitions);
      const folder = await subfolder(options.workFolder, 'forward');
      const { exclusively = unannounced } = options;
      await exclusively(async () => {
        decided = true;
        await beginJournal(connection, staging, { state: 'replacing', live, incomingTables });
        await bringForward(address, staging, loader, folder);
      });
    },
  };
}

/**
 * Writes into the staging schema all that is needed to put it in place; live is untouched. Returns the staging's tables.
 * Throws DomainError `conflict`, `database-busy`.
 */
async function prepare(
  connection: Connection,
  live: string,
  staging: string,
  definitions: Definitions,
): Promise<string[]> {
  const broken = (await findBrokenTables(connection, live)).map(({ name }) => name);
  await passGate(connection, live, broken);
  const grants = (await readRoutineGrants(connection, live)) ?? [];
  const tables = await tablesOf(connection, staging);
  await keepDefinitions(connection, staging, definitions);
  if (grants.length > 0) await keepPart(connection, staging, 'grants', `${grants.join(';\n')};\n`);
  return tables;
}
