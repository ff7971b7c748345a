import type { Caller } from '../auth/auth.types.js';

/**
 * Whether a restore may fill tables that are everybody's (`when_empty`): not for the admin of a single project, who may have
 * written the file.
 */
export function mayFillShared({ role }: Caller): boolean {
  return ['admin', 'superadmin'].includes(role);
}
