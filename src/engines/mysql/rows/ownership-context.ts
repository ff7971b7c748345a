import type { Cell } from '../../rows.types.js';
import type { Columns } from './table-columns.js';

/** What a statement does to the rows by which it finds its way; empty in a snapshot. */
export type Locking = '' | ' LOCK IN SHARE MODE';

export interface OwnershipContext {
  columns: Columns;
  rootKey: Cell;
  locking: Locking;
}
