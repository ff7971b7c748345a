import { DomainError } from '../common/errors.js';
import type { ScopePlan } from './scope-plan.types.js';

/** True for the tables that are to be compared. Throws DomainError `bad-input` for one that is not the project's. */
export function subsetOf(
  { owned }: Pick<ScopePlan, 'owned'>,
  tables: readonly string[] | undefined,
): (name: string) => boolean {
  if (!tables) return () => true;
  const unknown = tables.find((table) => !owned.some(({ name }) => name === table));
  if (unknown !== undefined) {
    const detail = `"${unknown}" is none of the project's tables, which are ${owned.map(({ name }) => name).join(', ')}.`;
    throw new DomainError('bad-input', detail, { fields: [{ field: 'tables', message: detail }] });
  }
  const chosen = new Set(tables);
  return (name) => chosen.has(name);
}
