import type { Row } from '../../engines/rows.types.js';
import { type KeyId, keyId } from '../key-id.js';
import { referenceKey } from '../reference-key.js';
import type { OwnedTable } from '../scope-plan.types.js';
import type { TableBelow } from './tables-below.js';

/** Where a key stands: the name of a table and of its columns. */
export type Place = string;

export interface PlacedKey {
  place: Place;
  /** The table of the place. */
  table: string;
  id: KeyId;
}

/** The columns that decide what is below what. */
export function decidingColumns({ table, ways, referenced }: TableBelow): string[] {
  const deciding = new Set([
    ...table.key,
    ...ways.flatMap(({ columns, when }) => [...columns, ...(when ? [when.column] : [])]),
    ...referenced.flat(),
  ]);
  return table.columns.filter((column) => deciding.has(column));
}

export interface RowReading {
  id(row: Row): KeyId;
  /** The keys of the rows on which it hangs. */
  above(row: Row): PlacedKey[];
  /** The keys by which it is referred to. */
  own(row: Row): PlacedKey[];
}

/** How rows with these columns are read; what they lack (a column that came since) hangs on nothing. */
export function readingOf({ table, ways, referenced }: TableBelow, columns: string[]): RowReading {
  const has = (names: readonly string[]) => names.every((name) => columns.includes(name));
  const above = ways
    .filter((way) => has([...way.columns, ...(way.when ? [way.when.column] : [])]))
    .map((way) => ({
      place: placeOf(way.referencedTable, way.referencedColumns),
      table: way.referencedTable,
      keyIn: referenceKey({ columns }, way),
    }));
  const own = referenced.filter(has).map((names) => ({
    place: placeOf(table.name, names),
    table: table.name,
    keyIn: referenceKey({ columns }, { columns: names }),
  }));
  const placed = (list: typeof above) => (row: Row) =>
    list.flatMap(({ place, table: at, keyIn }) => {
      const key = keyIn(row);
      return key ? [{ place, table: at, id: keyId(key) }] : [];
    });
  return { id: idReader(table, columns), above: placed(above), own: placed(own) };
}

/** By what a row is told from others: its key, even where that holds nulls. */
export function idReader({ key }: Pick<OwnedTable, 'key'>, columns: string[]): (row: Row) => KeyId {
  const positions = key.map((column) => columns.indexOf(column));
  return (row) => keyId(positions.map((position) => row[position] ?? null));
}

function placeOf(table: string, columns: readonly string[]): Place {
  return JSON.stringify([table, columns]);
}
