import type { AuditDetails } from '../audit/audit.types.js';
import type { RestoreChoices, RestoreMode } from '../project-scope/project-scope.types.js';
import { type CopyChoices, copyChoicesOf, mustNotSayCopy } from './copies/copy-choices.js';
import type { CopyPartDto } from './copies/copy-part.dto.js';

/** Throws DomainError `bad-input` for what does not go together. */
export function choicesOf(body: CopyPartDto & { mode?: RestoreMode | 'copy' }): RestoreChoices | CopyChoices {
  const { mode = 'exact', tables } = body;
  if (mode === 'copy') return copyChoicesOf(body);
  mustNotSayCopy(body);
  return { mode, ...(tables && { tables: [...tables].sort() }) };
}

/** As the audit log tells them. */
export function sayChoices({ mode, tables }: RestoreChoices): AuditDetails {
  return { mode, ...(tables && { tables }) };
}
