import { DomainError } from '../common/errors.js';
import type { ScopePlan, ScopeRules } from '../project-scope/project-scope.types.js';

/** Throws DomainError `scope-partial` when the rules are strict and a table may hold rows of the project unseen. */
export function mustBeComplete({ strict }: ScopeRules, { unclassified }: ScopePlan): void {
  if (!strict || unclassified.length === 0) return;
  const tables = unclassified.map(({ name, reason }) => `${name} (${reason})`).join('; ');
  throw new DomainError(
    'scope-partial',
    `Nobody has said whose the rows of these tables are: ${tables}. Say it in the scope file, as references, shared or ` +
      'exclude. With "strict" set no backup is made until then.',
  );
}
