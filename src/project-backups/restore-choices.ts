import type { AuditDetails } from '../audit/audit.types.js';
import type { RestoreChoices } from '../project-scope/project-scope.types.js';
import { type CopyChoices, copyChoicesOf, mustNotSayCopy } from './copies/copy-choices.js';
import { missingOf } from './missing-choices.js';
import type { PreviewProjectDto } from './project-backups.dto.js';

/**
 * The same for the same choices in another order: a plan is compared by its text. Throws DomainError `bad-input` for what
 * does not go together.
 */
export function choicesOf(body: Omit<PreviewProjectDto, 'filename'>): RestoreChoices | CopyChoices {
  const { mode = 'exact', tables, missing } = body;
  if (mode === 'copy') return copyChoicesOf(body);
  mustNotSayCopy(body);
  return { mode, ...(tables && { tables: [...tables].sort() }), ...missingOf(missing) };
}

/** As the audit log tells them. */
export function sayChoices({ mode, tables, missing }: RestoreChoices): AuditDetails {
  return { mode, ...(tables && { tables }), ...(missing && { missing: JSON.stringify(missing) }) };
}
