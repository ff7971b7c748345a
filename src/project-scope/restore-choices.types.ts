import type { Remedies } from './missing/missing.types.js';
import type { RestoreMode } from './restore-modes.js';
import type { Within } from './within/within.types.js';

/** What of a backup is restored, and how. */
export interface RestoreChoices {
  mode: RestoreMode;
  /** Of the project's tables, only these are compared and written; all of them if left out. */
  tables?: string[] | undefined;
  /** Of these, only this row and everything below it. */
  within?: Within | undefined;
  /** What becomes of rows that refer to shared rows which are gone; refused if left out. */
  missing?: Remedies | undefined;
}
