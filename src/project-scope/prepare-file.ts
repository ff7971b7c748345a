import type { Cell, RowReader } from '../engines/rows.types.js';
import { findMissing, noneMissing } from './missing/find-missing.js';
import type { MissingShared } from './missing/missing-shared.js';
import type { RestoreChoices } from './restore-choices.types.js';
import type { FileOfPlan } from './walk-file.js';
import { findWithin, type PartOfProject } from './within/find-within.js';

export type ChosenFile = FileOfPlan & Partial<RestoreChoices> & { rootKey: Cell };

export interface PreparedFile<T extends ChosenFile> {
  /** With the tables and the rows that are to be compared. */
  file: T;
  /** Null where all of the tables is. */
  part: PartOfProject | null;
  missing: MissingShared;
}

/** What the choices make of a file before it is compared. `missing`: whether to look for missing rows though nothing was chosen. */
export async function prepareFile<T extends ChosenFile>(
  reader: RowReader,
  asked: T,
  look: { missing: boolean },
): Promise<PreparedFile<T>> {
  const part = asked.within ? await findWithin(reader, asked, asked.within) : null;
  const narrowed = part
    ? { ...asked, tables: part.tables, steps: [...(asked.steps ?? []), part.step] }
    : asked;
  const needed = look.missing || asked.missing !== undefined;
  const missing = needed ? await findMissing(reader, narrowed, asked.missing) : noneMissing;
  return { file: { ...narrowed, steps: [...(narrowed.steps ?? []), missing.step] }, part, missing };
}
