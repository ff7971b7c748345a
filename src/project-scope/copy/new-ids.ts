import { DomainError } from '../../common/errors.js';
import type { Cell, RowReader } from '../../engines/rows.types.js';
import type { OwnedTable } from '../scope-plan.types.js';
import type { Range } from './examine-file.js';
import { another, cellOf, type IdFunction, isRandomId, wholeNumber } from './id-functions.js';
import type { Identity } from './identities.js';
import { greatestOf } from './integer-types.js';

export interface IdsWanted {
  ranges: ReadonlyMap<Identity, Range>;
  owned: readonly OwnedTable[];
  engine: string;
  secret: string;
  /** The project's own key as it is in the file. */
  rootKey: Cell;
  /** What it is to be; null leaves that to us. */
  wantedKey: Cell;
}

/**
 * Numbers that the application may hand out while we ask for the greatest ones; afterwards the copy's own greatest stand
 * there, and it goes on behind them.
 */
const slack = 1_000n;

/** What all ids become; the database is asked once, since others get ids meanwhile. Throws DomainError `conflict`, `bad-input`. */
export async function findNewIds(
  reader: RowReader,
  identities: readonly Identity[],
  wanted: IdsWanted,
): Promise<IdFunction[]> {
  const greatest = await greatestIds(reader, identities, wanted);
  return identities.map((identity) => {
    const { name, rename, sources, isRoot } = identity;
    const behind = greatest.get(identity) ?? 0n;
    const range = wanted.ranges.get(identity);
    return {
      identity: name,
      sources,
      ...(isRoot && { only: { from: wanted.rootKey, to: newRootKey(identity, behind, wanted) } }),
      ...(range && { shift: shiftOf(identity, behind, range, wanted) }),
      ...(rename && { rename }),
    };
  });
}

/** The greatest number that any of the columns has; also of rows that are gone, as far as the server knows. */
async function greatestIds(
  reader: RowReader,
  identities: readonly Identity[],
  { ranges, rootKey }: IdsWanted,
): Promise<Map<Identity, bigint>> {
  const hasNumbers = (identity: Identity) =>
    identity.isRoot ? wholeNumber(rootKey) !== null : ranges.has(identity);
  const asked = identities
    .filter(hasNumbers)
    .flatMap((identity) => identity.sources.map((source) => ({ identity, ...source })));
  const found = await reader.greatest(asked);
  const greatest = new Map<Identity, bigint>();
  for (const [at, { identity }] of asked.entries()) {
    const value = found[at] ?? 0n;
    if (value >= (greatest.get(identity) ?? 0n)) greatest.set(identity, value);
  }
  return greatest;
}

function newRootKey(identity: Identity, greatest: bigint, wanted: IdsWanted): Cell {
  const { rootKey, wantedKey, secret } = wanted;
  if (wantedKey !== null) return wantedKey;
  const old = wholeNumber(rootKey);
  if (old !== null) return cellOf(mustFit(identity, (greatest > old ? greatest : old) + 1n, wanted));
  if (isRandomId(rootKey)) return another(rootKey, identity.name, secret);
  throw new DomainError('bad-input', 'The new project needs a key of its own: say which, as "project_id".', {
    fields: [{ field: 'project_id', message: 'is needed, since keys of projects are texts here' }],
  });
}

function shiftOf(
  identity: Identity,
  greatest: bigint,
  { least, most }: Range,
  wanted: IdsWanted,
): NonNullable<IdFunction['shift']> {
  const behind = (greatest > most ? greatest : most) + 1n;
  const fits = behind + slack + most - least <= limitOf(identity, wanted).most;
  const by = (fits ? behind + slack : behind) - least;
  mustFit(identity, most + by, wanted);
  return { by: by.toString(), least: least.toString(), most: most.toString() };
}

function mustFit(identity: Identity, value: bigint, wanted: IdsWanted): bigint {
  const { most, where } = limitOf(identity, wanted);
  if (value <= most) return value;
  throw new DomainError(
    'conflict',
    `The copy needs ids up to ${value} for ${identity.name}, and ${where} holds no more than ${most}. Widen the column.`,
  );
}

function limitOf({ columns }: Identity, { owned, engine }: IdsWanted): { most: bigint; where: string } {
  const limits = columns.map(({ table, column }) => {
    const found = owned.find(({ name }) => name === table);
    const type = found?.types[found.columns.indexOf(column)] ?? '';
    return { most: greatestOf(type, engine), where: `${table}.${column}` };
  });
  return limits.reduce((least, one) => (one.most < least.most ? one : least));
}
