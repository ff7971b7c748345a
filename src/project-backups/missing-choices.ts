import type { Remedies } from '../project-scope/project-scope.types.js';

/** Remedies in a fixed order; none is the same as not to say anything. */
export function missingOf(missing: Remedies = {}): { missing?: Remedies } {
  const remedies = Object.entries(missing).sort(([a], [b]) => (a < b ? -1 : 1));
  return remedies.length > 0 ? { missing: Object.fromEntries(remedies) } : {};
}
