import type { ForeignKey, Link, Reference, TableSchema } from '../engines/rows.types.js';
import type { DescribedTable } from './scope-plan.types.js';

export function describeTable(
  table: TableSchema,
  ownership: Pick<DescribedTable, 'owner' | 'closure' | 'path' | 'certain'>,
): DescribedTable {
  const columns = table.columns.filter((column) => !column.generated);
  const unique = ownKey(table);
  return {
    name: table.name,
    columns: columns.map(({ name }) => name),
    types: columns.map(({ type }) => type),
    neverNull: columns.filter(({ nullable }) => !nullable).map(({ name }) => name),
    required: columns.filter(({ required }) => required).map(({ name }) => name),
    key: unique ?? columns.map(({ name }) => name),
    keyed: unique !== null,
    ...ownership,
    foreignKeys: table.foreignKeys,
    jsonReferences: table.jsonReferences ?? [],
    triggers: table.triggers,
    transactional: table.transactional,
  };
}

/** The primary key, or else a unique key that is never null; both of written columns only. */
function ownKey(table: TableSchema): string[] | null {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const usable = (key: string[]) =>
    key.length > 0 && key.every((name) => columns.get(name)?.generated === false);
  if (usable(table.primaryKey)) return table.primaryKey;
  const never = (key: string[]) => key.every((name) => columns.get(name)?.nullable === false);
  return table.uniqueKeys.find((key) => usable(key) && never(key)) ?? null;
}

/** A table whose rows' owner is known. */
export type Parent = Pick<DescribedTable, 'owner' | 'closure'>;

export function referenceTo(parent: Parent, foreignKey: ForeignKey): Reference {
  const { closure, owner } = parent;
  const { referencedTable: table, referencedColumns: columns } = foreignKey;
  return {
    ...linkOf(foreignKey),
    parentOwner: closure ? { kind: 'member', closure, table, columns } : owner,
  };
}

export function linkOf({ columns, referencedTable, referencedColumns, when }: ForeignKey): Link {
  return {
    columns,
    parent: referencedTable,
    parentColumns: referencedColumns,
    ...(when && { when }),
  };
}

export function sayReference(table: string, { columns, parent, parentColumns, when }: Link): string {
  const said = `${table}.${columns.join('+')} -> ${parent}.${parentColumns.join('+')}`;
  return when ? `${said} where ${when.column} is ${JSON.stringify(when.value)}` : said;
}
