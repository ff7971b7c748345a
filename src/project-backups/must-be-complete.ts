import { DomainError } from '../common/errors.js';
import type { ScopePlan, ScopeRules } from '../project-scope/project-scope.types.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import { projectsPath } from '../projects/projects.types.js';
import type { CoveredScope } from '../projects/scope-coverage.service.js';

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

/** Throws DomainError `scope-partial` when the rules are strict and something came that nobody has accepted yet. */
export function mustBeAccepted(
  { name, scopeRules }: Pick<RegisteredDatabase, 'name' | 'scopeRules'>,
  { news }: Pick<CoveredScope, 'news'>,
): void {
  if (!scopeRules.strict || news.length === 0) return;
  const scope = `${projectsPath(name)}/scope`;
  const tables = news.map(({ table, reason }) => `${table} (${reason})`).join('; ');
  throw new DomainError(
    'scope-partial',
    `The database holds what nobody has looked at since the scope was accepted: ${tables}. Look at it (GET ` +
      `${scope}, or "scope" on the command line) and accept it (POST ${scope}/accept, or "scope --accept"). With "strict" set ` +
      'no backup is made until then.',
  );
}

/** Sentences for a backup that is made nevertheless: what it may lack. What is not covered at all is said only once. */
export function partialWarnings({
  plan: { unclassified },
  news,
}: Pick<CoveredScope, 'plan' | 'news'>): string[] {
  const uncovered = new Set(unclassified.map(({ name }) => name));
  return [
    ...news
      .filter(({ table }) => !uncovered.has(table))
      .map(({ table, reason }) => `Partial: nobody has accepted the table ${table} as it is, ${reason}.`),
    ...unclassified.map(({ name, reason }) => `Partial: the table ${name} is not covered, ${reason}.`),
  ];
}
