import type { AuditDetails } from '../audit/audit.types.js';
import type { Cell } from '../engines/rows.types.js';
import type { RestoreChoices, Within } from '../project-scope/project-scope.types.js';
import { type CopyChoices, copyChoicesOf, mustNotSayCopy } from './copies/copy-choices.js';
import { missingOf } from './missing-choices.js';
import type { PreviewProjectDto } from './project-backups.dto.js';

/**
 * The same for the same choices in another order: a plan is compared by its text. Throws DomainError `bad-input` for what
 * does not go together.
 */
export function choicesOf(body: Omit<PreviewProjectDto, 'filename'>): RestoreChoices | CopyChoices {
  const { mode = 'exact', tables, within, missing } = body;
  if (mode === 'copy') return copyChoicesOf(body);
  mustNotSayCopy(body);
  return {
    mode,
    ...(tables && { tables: [...tables].sort() }),
    ...(within && { within: inOrder(within) }),
    ...missingOf(missing),
  };
}

function inOrder({ table, key }: Within): Within {
  if (typeof key !== 'object' || key === null) return { table, key };
  const cells = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1));
  return { table, key: Object.fromEntries<Cell>(cells) };
}

/** As the audit log tells them. */
export function sayChoices({ mode, tables, within, missing }: RestoreChoices): AuditDetails {
  return {
    mode,
    ...(tables && { tables }),
    ...(within && { within: JSON.stringify(within) }),
    ...(missing && { missing: JSON.stringify(missing) }),
  };
}
