import type { Row } from '../engines/rows.types.js';

/** A key as a Set can hold it, small where there are millions of them: a single number as it is, else JSON text. */
export type KeyId = number | string;

export function keyId(cells: Row): KeyId {
  const [only] = cells;
  return cells.length === 1 && typeof only === 'number' ? only : JSON.stringify(cells);
}
