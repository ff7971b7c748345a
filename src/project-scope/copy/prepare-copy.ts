import type { Cell, DatabaseSchema, RowReader } from '../../engines/rows.types.js';
import type { TableChanges } from '../diff-table.js';
import { findMissing } from '../missing/find-missing.js';
import type { MissingShared } from '../missing/missing-shared.js';
import type { Remedies } from '../missing/missing.types.js';
import { selectionOf } from '../project-rows.js';
import { mustBeTransactional } from '../refusals.js';
import { refuseTriggers } from '../refuse-triggers.js';
import type { OwnedTable } from '../scope-plan.types.js';
import type { FileOfPlan } from '../walk-file.js';
import { examineFile, type ExaminedFile } from './examine-file.js';
import type { IdFunction, Renaming } from './id-functions.js';
import { identitiesOf, type Identities } from './identities.js';
import { findNewIds } from './new-ids.js';
import { type NewName, RowMapper } from './row-mapper.js';

export interface CopyInput extends FileOfPlan {
  schema: DatabaseSchema;
  engine: string;
  /** The column that names projects; the key when there is none. */
  nameColumn: string;
  /** Of the new project; from the original's name if left out. */
  name?: string | undefined;
  /** The new project's key; found when null. */
  wantedKey: Cell;
  /** What the texts of a column become, by `table.column`. */
  renamings: ReadonlyMap<string, Renaming>;
  /** What becomes of rows that refer to shared rows which are gone. */
  missing?: Remedies | undefined;
  /** Random; what new random ids are made with. */
  secret: string;
}

/** What is known of a copy before it has ids. */
export interface ExaminedCopy {
  input: CopyInput;
  /** With the rows that are to be copied. */
  file: FileOfPlan;
  missing: MissingShared;
  examined: ExaminedFile;
  identities: Identities;
  name: NewName | null;
}

export interface PreparedCopy extends ExaminedCopy {
  functions: IdFunction[];
  mapper: RowMapper;
  rootKey: Cell;
  /** Sentences: why it cannot be made as things are. */
  refusals: string[];
}

/** Reads the file, which takes its time. Throws DomainError `conflict`. */
export async function examineCopy(reader: RowReader, input: CopyInput): Promise<ExaminedCopy> {
  const { plan, schema, renamings, nameColumn } = input;
  mustBeTransactional(plan);
  const uniqueKeys = new Map(schema.tables.map((table) => [table.name, table.uniqueKeys]));
  const identities = identitiesOf({ plan, uniqueKeys, nameColumn, renamings });
  const missing = await findMissing(reader, input, input.missing);
  const file = { ...input, steps: [missing.step] };
  const examined = await examineFile(file, identities);
  refuseTriggers(examined.tables.map(asAdded), schema.routines);
  return { input, file, missing, examined, identities, name: newName(input, examined.root) };
}

/**
 * Finds the ids, as the last thing before rows are written, since others get ids meanwhile. Throws DomainError `bad-input`,
 * `conflict`.
 */
export async function findIds(reader: RowReader, copy: ExaminedCopy): Promise<PreparedCopy> {
  const { input, examined, identities, missing, name } = copy;
  const { plan, engine, secret, wantedKey } = input;
  const { table, row } = examined.root;
  const oldKey = row[table.columns.indexOf(plan.rootKey)] ?? null;
  const wanted = { ranges: examined.ranges, owned: plan.owned, engine, secret, rootKey: oldKey, wantedKey };
  const functions = await findNewIds(reader, identities.renewed, wanted);
  const rootKey = functions.find(({ only }) => only)?.only?.to ?? null;
  const clashes = await clashesOfRoot(reader, input, table, rootKey, name);
  const mapper = new RowMapper({ owned: plan.owned, identities, functions, secret, name });
  const refusals = [...examined.refusals, ...missing.refusals, ...clashes];
  return { ...copy, functions, mapper, rootKey, refusals };
}

export function asAdded({ table, rows }: ExaminedFile['tables'][number]): {
  table: OwnedTable;
  changes: TableChanges;
} {
  return { table, changes: { added: rows, changed: 0, removed: 0, unchanged: 0, rows, left: 0 } };
}

const behindName = ' (copy)';

function newName(
  { nameColumn, name, plan }: CopyInput,
  { table, row }: ExaminedFile['root'],
): NewName | null {
  const at = table.columns.indexOf(nameColumn);
  if (at === -1 || nameColumn === plan.rootKey) return null;
  const place = { table: table.name, column: nameColumn };
  if (name !== undefined) return { ...place, value: name };
  const old = row[at];
  if (typeof old !== 'string') return null;
  const room =
    Number(/char(?:acter)?(?: varying)?\((\d+)\)/i.exec(table.types[at] ?? '')?.[1] ?? Infinity) -
    behindName.length;
  if (room < 1) return null;
  return { ...place, value: (room === Infinity ? old : [...old].slice(0, room).join('')) + behindName };
}

/** Whether another project has the key or the name already, where names are told apart. */
async function clashesOfRoot(
  reader: RowReader,
  { schema }: CopyInput,
  table: OwnedTable,
  rootKey: Cell,
  name: NewName | null,
): Promise<string[]> {
  const clashes: string[] = [];
  for await (const rows of reader.read(selectionOf(table, rootKey))) {
    if (rows.length > 0) clashes.push(`There is a project ${JSON.stringify(rootKey)} already.`);
  }
  const keys = schema.tables.find((one) => one.name === table.name)?.uniqueKeys ?? [];
  if (name && keys.some((key) => key.length === 1 && key[0] === name.column)) {
    const query = { table: table.name, columns: table.key, where: { [name.column]: name.value } };
    const found = await reader.list({ ...query, orderBy: [], limit: 1 });
    if (found.length > 0)
      clashes.push(`There is a project with the name ${JSON.stringify(name.value)} already.`);
  }
  return clashes;
}
