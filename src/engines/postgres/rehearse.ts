import { DomainError, isDomainError } from '../../common/errors.js';
import type { PostgresAddress } from '../../config/postgres-url.js';
import type {
  Check,
  RehearsalSource,
  RestoreSource,
  UnpackedArtefact,
  WorkOptions,
} from '../engine.types.js';
import { withConnection } from './connection.js';
import { dropDatabase } from './databases.js';
import { sayTables } from './inspect.js';
import { PostgresRows } from './rows/postgres-rows.js';
import { readServerInfo } from './server.js';
import { loadBeside, loadForUse } from './stage.js';

/** Restores into a database of its own, compares, and removes it. */
export async function rehearsePostgresRestore(
  address: PostgresAddress,
  source: RehearsalSource,
  options: WorkOptions,
): Promise<Check[]> {
  const staging = await loadBeside(address, source, options).catch(async (error: unknown) => {
    throw await verdictOn(error, address, source);
  });
  await dropDatabase(address, staging);
  const { views, triggers, routines, tables } = source.contents;
  const objects = `${views.length} views, ${triggers.length} triggers and ${routines.length} routines`;
  return [
    { name: 'loaded', detail: `The server took ${sayTables(source.contents)}, ${objects}.` },
    {
      name: 'checksums',
      detail: `Read again, the rows of ${tables.length} tables have the checksums of the manifest.`,
    },
  ];
}

/** What the very server refuses that the backup was made from is damaged; what another one refuses may be whole. */
async function verdictOn(
  error: unknown,
  address: PostgresAddress,
  { madeBy }: RehearsalSource,
): Promise<unknown> {
  if (!isDomainError(error) || error.code !== 'artefact-unfit') return error;
  const { version } = await withConnection(address, readServerInfo);
  if (version !== madeBy.serverVersion) return error;
  return new DomainError('artefact-damaged', error.detail, { cause: error });
}

export async function unpackPostgresDump(
  address: PostgresAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<UnpackedArtefact> {
  const staging = await loadForUse(address, source, options);
  return {
    rows: new PostgresRows({ ...address, database: staging }),
    discard: () => dropDatabase(address, staging),
  };
}
