import type { Cell, Row } from '../engines/rows.types.js';

/** True for the declared types whose columns are ordered by value; all others go by the bytes of their text. */
export function isIntegerType(type: string): boolean {
  return /^year|^(?!.*point).*int/i.test(type);
}

/**
 * Orders two keys as `RowSelection.key` says: integer columns (`byValue`) by their value, everything else by the bytes
 * of its text (or its own bytes), nulls first. Negative, zero or positive, as a sort function.
 */
export function compareKeys(a: Row, b: Row, byValue: readonly boolean[]): number {
  for (const [index, cell] of a.entries()) {
    const order = compareCells(cell, b[index] ?? null, byValue[index] ?? false);
    if (order !== 0) return order;
  }
  return 0;
}

function compareCells(a: Cell, b: Cell, byValue: boolean): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  const [x, y] = byValue ? [integerOf(a), integerOf(b)] : [null, null];
  if (x !== null && y !== null) return x < y ? -1 : Number(x > y);
  return Buffer.compare(bytesOf(a), bytesOf(b));
}

function integerOf(cell: NonNullable<Cell>): number | bigint | null {
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell : null;
  return typeof cell === 'object' && '$int' in cell ? BigInt(cell.$int) : null;
}

function bytesOf(cell: NonNullable<Cell>): Buffer {
  if (typeof cell === 'string') return Buffer.from(cell, 'utf8');
  if (typeof cell === 'number') return Buffer.from(String(cell), 'utf8');
  if ('$bytes' in cell) return Buffer.from(cell.$bytes, 'base64');
  return Buffer.from('$int' in cell ? cell.$int : cell.$real, 'utf8');
}
