import { createHash } from 'node:crypto';
import type { DatabaseSchema } from '../engines/rows.types.js';
import type { ScopePlan } from './scope-plan.types.js';
import type { ScopeNews, ScopeSurvey, SurveyedTable } from './scope-survey.types.js';

/** What the plan says of each table, for people to accept: small enough to keep, and equal for equal plans. */
export function surveyScope({ tables }: Pick<DatabaseSchema, 'tables'>, plan: ScopePlan): ScopeSurvey {
  const placed = new Map<string, Pick<SurveyedTable, 'place' | 'path'>>();
  for (const place of ['unclassified', 'excluded', 'shared'] as const) {
    for (const { name } of plan[place]) placed.set(name, { place, path: null });
  }
  for (const { name } of plan.whenEmpty) placed.set(name, { place: 'when-empty', path: null });
  for (const { name, path } of plan.owned) placed.set(name, { place: 'owned', path });
  const surveyed = tables.flatMap(({ name, columns }): SurveyedTable[] => {
    const where = placed.get(name);
    return where ? [{ table: name, ...where, columns: columns.map((column) => column.name).sort() }] : [];
  });
  surveyed.sort((a, b) => (a.table < b.table ? -1 : 1));
  return {
    digest: createHash('sha256').update(JSON.stringify(surveyed)).digest('hex'),
    tables: surveyed,
  };
}

/** What `now` holds that nobody has accepted. What went since then takes nothing from a backup, and is no news. */
export function newsSince(accepted: readonly SurveyedTable[], now: readonly SurveyedTable[]): ScopeNews[] {
  const known = new Map(accepted.map((table) => [table.table, table]));
  return now.flatMap((table) => {
    const before = known.get(table.table);
    if (!before) return [{ table: table.table, columns: [], reason: 'the table is new' }];
    const columns = table.columns.filter((column) => !before.columns.includes(column));
    const reasons = [
      ...(columns.length > 0 ? [`new columns: ${columns.join(', ')}`] : []),
      ...(isMoved(before, table) ? [`it was ${sayPlace(before)} and is ${sayPlace(table)} now`] : []),
    ];
    return reasons.length > 0 ? [{ table: table.table, columns, reason: reasons.join('; ') }] : [];
  });
}

/** A foreign key that was dropped takes rows out of the project without any table being new. */
function isMoved(before: SurveyedTable, now: SurveyedTable): boolean {
  return before.place !== now.place || before.path !== now.path;
}

function sayPlace({ place, path }: SurveyedTable): string {
  return path === null ? place : `${place} by ${path}`;
}
