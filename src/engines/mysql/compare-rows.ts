import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DomainError } from '../../common/errors.js';
import type { Check, RehearsalSource, WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { openMysqlDump } from './dump.js';
import { sayHashed } from './inspect.js';
import { distributeParts } from './parts.js';
import { RowSets } from './row-set.js';

/**
 * Compares what was loaded into `staging` with the manifest's checksums, by dumping it again. Throws DomainError
 * `artefact-damaged` when rows differ. Where program or server are not those of the backup, a difference proves
 * nothing, and the check says so.
 */
export async function compareRows(
  staging: MysqlAddress,
  source: RehearsalSource,
  options: WorkOptions,
): Promise<Check> {
  const expected = source.contents.tables.filter(({ sha256 }) => sha256 !== undefined);
  if (expected.length === 0) return { name: 'checksums', detail: sayHashed(0) };
  const { tables, madeBy } = await dumpAgain(staging, options);
  const found = new Map(tables.map(({ name, sha256 }) => [name, sha256]));
  const differing = expected.filter(({ name, sha256 }) => found.get(name) !== sha256).map(({ name }) => name);
  if (differing.length === 0) return { name: 'checksums', detail: sayHashed(expected.length) };
  const before = source.madeBy;
  if (madeBy.toolVersion !== before.toolVersion || madeBy.serverVersion !== before.serverVersion) {
    const detail =
      `Not comparable: the backup was made by ${before.toolVersion} on ${before.serverVersion}, now there are ` +
      `${madeBy.toolVersion} and ${madeBy.serverVersion}, which write other bytes for ${differing.join(', ')}.`;
    return { name: 'checksums', detail };
  }
  await compareWithoutOrder(staging, source, differing, options);
  const reordered = `Those of ${differing.join(', ')} stand in another order.`;
  return { name: 'checksums', detail: `${sayHashed(expected.length)} ${reordered}` };
}

async function dumpAgain(staging: MysqlAddress, options: WorkOptions) {
  const dump = await openMysqlDump(staging, options);
  try {
    await finished((await tablesOf(dump)).resume());
    const { serverVersion, toolVersion } = dump;
    return { tables: (await dump.finish()).tables, madeBy: { serverVersion, toolVersion } };
  } finally {
    await dump.abort();
  }
}

/**
 * A dump reads a table in the order that the server finds best, which is that of the primary key or of insertion and
 * so the same again, but nobody promises it. Only when the bytes differ is it worth the time to compare rows as sets.
 */
async function compareWithoutOrder(
  staging: MysqlAddress,
  source: RehearsalSource,
  tables: readonly string[],
  options: WorkOptions,
): Promise<void> {
  const before = new RowSets(tables);
  const after = new RowSets(tables);
  const scanner = before.scanner().resume();
  const ignored = () => new RowSets([]).scanner().resume();
  await distributeParts(source, (part) => (part === 'tables' ? scanner : ignored()), options.signal);
  await finished(scanner);
  const dump = await openMysqlDump(staging, options);
  try {
    await after.read(await tablesOf(dump));
  } finally {
    await dump.abort();
  }
  const [name] = after.differingFrom(before);
  if (name === undefined) return;
  throw new DomainError(
    'artefact-damaged',
    `After loading, the rows of the table ${name} are not those that the backup was made of (their checksums ` +
      'differ). Nothing was changed; use another backup.',
  );
}

async function tablesOf({ parts }: Awaited<ReturnType<typeof openMysqlDump>>): Promise<Readable> {
  const part = parts.find(({ name }) => name === 'tables');
  if (!part) throw new Error('A dump without tables');
  return part.open();
}
