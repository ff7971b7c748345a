import type { Cell } from '../engines/rows.types.js';
import { parseRow } from './diff-table.js';
import type { OwnedTable } from './scope-plan.types.js';

/** A row by its columns. Texts are cut, and bytes are told by their number only. */
export type SampleRow = Record<string, Cell>;

const longestText = 200;

export function sample(line: string, table: OwnedTable): SampleRow {
  const row = parseRow(line, table);
  return Object.fromEntries(table.columns.map((column, index) => [column, shortened(row[index] ?? null)]));
}

function shortened(cell: Cell): Cell {
  if (typeof cell === 'string' && cell.length > longestText) return `${cell.slice(0, longestText)}...`;
  if (typeof cell === 'object' && cell !== null && '$bytes' in cell) {
    return `${Buffer.byteLength(cell.$bytes, 'base64')} bytes`;
  }
  return cell;
}
