import type { RestoreMode } from './restore-modes.js';

/** What of a backup is restored, and how. */
export interface RestoreChoices {
  mode: RestoreMode;
  /** Of the project's tables, only these are compared and written; all of them if left out. */
  tables?: string[] | undefined;
}
