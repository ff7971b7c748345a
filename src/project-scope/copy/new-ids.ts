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

/** What the key of the project becomes. Throws DomainError `conflict`, `bad-input`. */
export async function newRootIds(
  reader: RowReader,
  identities: readonly Identity[],
  wanted: IdsWanted,
): Promise<IdFunction & Required<Pick<IdFunction, 'only'>>> {
  const root = identities.find(({ isRoot }) => isRoot);
  if (!root) throw new Error('The project itself has no new key');
  const to = await newRootKey(reader, root, wanted);
  return { identity: root.name, sources: root.sources, only: { from: wanted.rootKey, to } };
}

/** What all other ids become. Throws DomainError `conflict`. */
export async function newIds(
  reader: RowReader,
  identities: readonly Identity[],
  wanted: IdsWanted,
): Promise<IdFunction[]> {
  const functions: IdFunction[] = [];
  for (const identity of identities.filter(({ isRoot }) => !isRoot)) {
    const { name, suffix, sources } = identity;
    const range = wanted.ranges.get(identity);
    functions.push({
      identity: name,
      sources,
      ...(range && { shift: await shiftOf(reader, identity, range, wanted) }),
      ...(suffix !== null && { suffix }),
    });
  }
  return functions;
}

async function newRootKey(reader: RowReader, identity: Identity, wanted: IdsWanted): Promise<Cell> {
  const { rootKey, wantedKey, secret } = wanted;
  if (wantedKey !== null) return wantedKey;
  const old = wholeNumber(rootKey);
  if (old !== null) {
    const greatest = await greatestIn(reader, identity);
    return cellOf(mustFit(identity, (greatest > old ? greatest : old) + 1n, wanted));
  }
  if (isRandomId(rootKey)) return another(rootKey, identity.name, secret);
  throw new DomainError('bad-input', 'The new project needs a key of its own: say which, as "project_id".', {
    fields: [{ field: 'project_id', message: 'is needed, since keys of projects are texts here' }],
  });
}

async function shiftOf(
  reader: RowReader,
  identity: Identity,
  { least, most }: Range,
  wanted: IdsWanted,
): Promise<NonNullable<IdFunction['shift']>> {
  const greatest = await greatestIn(reader, identity);
  const behind = (greatest > most ? greatest : most) + 1n;
  const fits = behind + slack + most - least <= limitOf(identity, wanted).most;
  const by = (fits ? behind + slack : behind) - least;
  mustFit(identity, most + by, wanted);
  return { by: by.toString(), least: least.toString(), most: most.toString() };
}

/** The greatest number that any of the columns has; also of rows that are gone, as far as the server knows. */
async function greatestIn(reader: RowReader, { sources }: Identity): Promise<bigint> {
  let greatest = 0n;
  for (const { table, column } of sources) {
    const found = await reader.greatest(table, column);
    if (found !== null && found > greatest) greatest = found;
  }
  return greatest;
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
