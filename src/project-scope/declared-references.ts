import { DomainError } from '../common/errors.js';
import type { ForeignKey, JsonReference, TableSchema } from '../engines/rows.types.js';
import { holdsBytes } from './column-types.js';
import type { DeclaredJson, DeclaredReference } from './scope-rules.types.js';

/** As if it were a foreign key by which rows go when the row goes to which they refer. */
export function declaredKey(rule: DeclaredReference, table: TableSchema, parent: TableSchema): ForeignKey {
  const { columns, place, when } = rule;
  mustHave(table, columns, place);
  if (when) mustHave(table, [when.column], place);
  const parentColumns = keyOfParent(rule, columns, parent);
  return {
    name: place,
    columns,
    referencedTable: parent.name,
    referencedColumns: parentColumns,
    onDelete: 'CASCADE',
    declared: true,
    ...(when && { when }),
  };
}

/** Throws DomainError `artefact-unfit` for a column or a key of bytes, too: they are no JSON and in no JSON. */
export function declaredJson(rule: DeclaredJson, table: TableSchema, parent: TableSchema): JsonReference {
  const { column, path, place } = rule;
  mustHave(table, [column], place);
  const [referencedColumn = ''] = keyOfParent(rule, [column], parent);
  for (const [{ name, columns }, named] of [
    [table, column],
    [parent, referencedColumn],
  ] as const) {
    const found = columns.find((one) => one.name === named);
    if (found && !found.generated && !holdsBytes(found.type)) continue;
    throw unfit(
      `${place}: ${name}.${named} holds bytes, or is computed by the database; neither is read for ids in JSON.`,
    );
  }
  return { column, path, referencedTable: parent.name, referencedColumn };
}

type Rule = Pick<DeclaredReference, 'table' | 'parent' | 'parentColumns' | 'place'>;

/** The columns that are referred to. Throws DomainError `artefact-unfit` when they are no key. */
function keyOfParent(
  { table, place, parentColumns }: Rule,
  columns: readonly string[],
  parent: TableSchema,
): string[] {
  const wanted = parentColumns ?? parent.primaryKey;
  mustHave(parent, wanted, place);
  const keys = [parent.primaryKey, ...parent.uniqueKeys].map((key) => [...key].sort().join());
  if (wanted.length === columns.length && keys.includes([...wanted].sort().join())) return wanted;
  throw unfit(
    `${place}: ${parent.name}.${wanted.join('+') || '?'} is no key that ${table}.${columns.join('+')} can refer ` +
      'to. Name the columns of a primary or unique key, as many as refer to it.',
  );
}

export function mustHave(table: TableSchema, columns: readonly string[], place: string): void {
  const missing = columns.find((name) => !table.columns.some((column) => column.name === name));
  if (missing === undefined) return;
  throw unfit(`${place}: the table "${table.name}" has no column "${missing}".`);
}

function unfit(detail: string): DomainError {
  return new DomainError('artefact-unfit', detail);
}
