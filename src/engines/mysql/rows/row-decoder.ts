import type { Row } from '../../rows.types.js';
import type { DriverValue } from './column-kinds.js';
import type { TableColumns } from './table-columns.js';

export interface RowDecoder {
  /** Turns mysql2's row into cells, in place; what stands behind the wanted columns is dropped. */
  decode(row: unknown[]): Row;
  /** Roughly the characters of the row's long values. */
  size(row: Row): number;
}

/** What is to be done is settled once per statement, so that columns whose values are cells already cost nothing. */
export function rowDecoder(columns: TableColumns, names: readonly string[]): RowDecoder {
  const kinds = names.map((name) => columns.kind(name));
  const decoded = kinds.flatMap(({ decode }, index) => (decode ? [{ index, decode }] : []));
  const long = kinds.flatMap((kind, index) => (kind.long ? [index] : []));
  return {
    decode(row) {
      if (row.length > names.length) row.length = names.length;
      for (const { index, decode } of decoded) {
        const value = row[index];
        if (value !== null) row[index] = decode(value as DriverValue);
      }
      return row as Row;
    },
    size(row) {
      let size = 0;
      for (const index of long) size += lengthOf(row[index]);
      return size;
    },
  };
}

function lengthOf(cell: Row[number] | undefined): number {
  if (typeof cell === 'string') return cell.length;
  return typeof cell === 'object' && cell !== null && '$bytes' in cell ? cell.$bytes.length : 0;
}
