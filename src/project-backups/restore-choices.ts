import type { AuditDetails } from '../audit/audit.types.js';
import type { RestoreChoices, RestoreMode } from '../project-scope/project-scope.types.js';
import type { RestorePartDto } from './restore-part.dto.js';

export function choicesOf({
  mode = 'exact',
  tables,
}: RestorePartDto & { mode?: RestoreMode }): RestoreChoices {
  return { mode, ...(tables && { tables: [...tables].sort() }) };
}

/** As the audit log tells them. */
export function sayChoices({ mode, tables }: RestoreChoices): AuditDetails {
  return { mode, ...(tables && { tables }) };
}
