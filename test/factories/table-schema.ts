import type { ForeignKey, TableSchema } from '../../src/engines/rows.types.js';

/**
 * A table as an engine would describe it, from a few words a column: `id int!` is never null (`!`), `total int =` is
 * generated (`=`), `area_id int! > areas.id cascade` refers to another table. A key of several columns is given apart.
 */
export function table(
  name: string,
  columns: string[],
  { primaryKey = ['id'], foreignKeys = [], ...more }: Partial<TableSchema> = {},
): TableSchema {
  const described = columns.map(describeColumn);
  return {
    name,
    columns: described.map(({ column }) => column),
    primaryKey,
    uniqueKeys: [],
    foreignKeys: [...described.flatMap(({ foreignKey }) => foreignKey ?? []), ...foreignKeys],
    triggers: [],
    transactional: true,
    ...more,
  };
}

export function foreignKey(
  columns: string[],
  referencedTable: string,
  referencedColumns: string[],
  onDelete = 'CASCADE',
): ForeignKey {
  return { name: `${columns.join('_')}_fk`, columns, referencedTable, referencedColumns, onDelete };
}

const words =
  /^(?<name>\w+) (?<type>[\w() ]+?)(?<mark>[!=]?)(?: > (?<parent>\w+)\.(?<key>\w+)(?: (?<onDelete>.+))?)?$/;

function describeColumn(text: string) {
  const { name = '', type = '', mark, parent, key = '', onDelete } = words.exec(text)?.groups ?? {};
  if (name === '') throw new Error(`not a column: ${text}`);
  return {
    column: { name, type: type.trim(), nullable: mark !== '!', generated: mark === '=' },
    foreignKey: parent ? foreignKey([name], parent, [key], onDelete?.toUpperCase() ?? 'CASCADE') : null,
  };
}
