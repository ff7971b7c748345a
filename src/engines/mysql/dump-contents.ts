import { DomainError } from '../../common/errors.js';
import type { DumpContents, TableContents } from '../engine.types.js';
import type { DumpScanner } from './dump-scanner.js';
import { isTransactional, type SchemaObjects, type TableObject } from './schema-objects.js';
import type { SchemaState } from './schema-state.js';

/**
 * Compares what the snapshot listed with what the dump's bytes hold (invariant 2), and says what the dump contains.
 * Throws DomainError `dump-failed` naming what is missing, or was not listed.
 */
export function dumpContents(
  state: SchemaState,
  tables: DumpScanner | undefined,
  views: DumpScanner | undefined,
): DumpContents {
  const { objects } = state;
  const dumped = new Set(tables?.tables);
  const missing = [
    ...objects.tables.filter((table) => !dumped.has(table.name)).map((table) => table.name),
    ...objects.views.filter((view) => !views?.views.includes(view)),
  ];
  if (missing.length > 0) {
    throw new DomainError('dump-failed', `The dump lacks ${missing.join(', ')}. Make the backup again.`);
  }
  // A server lists tables one by one: one that is renamed meanwhile may be in no place of the list.
  const listed = new Set(objects.tables.map(({ name }) => name));
  const unlisted = [...dumped].filter((name) => !listed.has(name));
  if (unlisted.length > 0) {
    throw new DomainError(
      'dump-failed',
      `The schema was changed during the backup: ${unlisted.join(', ')}. Make the backup again.`,
    );
  }
  return {
    tables: objects.tables.map((table) => tableContents(table, tables)),
    views: objects.views,
    triggers: objects.triggers,
    routines: objects.routines.map(({ type, name }) => `${type} ${name}`),
    events: objects.events,
    warnings: [
      ...state.unseen,
      ...sayUnlocked(objects),
      ...state.brokenViews.map(sayBroken),
      ...sayFloats(state.floats),
    ],
    consistencyPoint: null,
  };
}

/** A sequence is a row of its own that the tool writes as a statement. */
function tableContents({ name, kind }: TableObject, scanner: DumpScanner | undefined): TableContents {
  if (kind === 'sequence' || !scanner) return { name, rows: kind === 'sequence' ? 1 : 0 };
  return { name, rows: scanner.rows.get(name) ?? 0, sha256: scanner.sha256Of(name) };
}

function sayUnlocked(objects: SchemaObjects): string[] {
  const outside = objects.tables
    .filter((table) => table.kind === 'table' && !isTransactional(table))
    .map(({ name, engine }) => `${name} (${engine})`);
  if (outside.length === 0) return [];
  return [`Without transactions, so not at the same point in time as the rest: ${outside.join(', ')}.`];
}

function sayBroken(view: string): string {
  return `The view ${view} is broken in the database (what it uses is missing), so it is not in the backup.`;
}

function sayFloats(floats: readonly string[]): string[] {
  if (floats.length === 0) return [];
  return [
    `Dump tools write FLOAT with six digits, more are rounded: ${floats.join(', ')}. DOUBLE and DECIMAL are exact.`,
  ];
}
