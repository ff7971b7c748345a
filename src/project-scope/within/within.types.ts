import type { Cell } from '../../engines/rows.types.js';

/** One row of a project and everything below it. */
export interface Within {
  table: string;
  /** By column; of a key of one column, its cell will do. */
  key: Cell | Readonly<Record<string, Cell>>;
}
