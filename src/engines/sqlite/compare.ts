import { DomainError } from '../../common/errors.js';
import type { DumpContents } from '../engine.types.js';
import type { Inspection } from './inspect-job.js';

/**
 * Compares a staged file with what its manifest says. Throws DomainError `artefact-damaged` for a file that is not
 * sound, `artefact-unfit` for one that holds something else.
 */
export function mustMatch(found: Inspection, expected: DumpContents): void {
  if (found.damage.length > 0) {
    const reasons = found.damage.slice(0, 3).join('; ');
    throw new DomainError(
      'artefact-damaged',
      `SQLite's check finds the backup damaged: ${reasons}. Use another backup.`,
    );
  }
  mustNameTheSame('tables', namesOf(found.tables), namesOf(expected.tables));
  mustNameTheSame('views', found.views, expected.views);
  mustNameTheSame('triggers', found.triggers, expected.triggers);
  const counted = new Map(found.tables.map(({ name, rows }) => [name, rows]));
  for (const { name, rows } of expected.tables) {
    if (counted.get(name) === rows) continue;
    throw new DomainError(
      'artefact-unfit',
      `The table ${name} has ${counted.get(name)} rows in the backup, but its manifest says ${rows}. Nothing was changed.`,
    );
  }
}

/** What a restore does to tables that live has and the backup does not, for people. */
export function notesOn(live: readonly string[], expected: DumpContents): string[] {
  const known = new Set(namesOf(expected.tables));
  return live
    .filter((name) => !known.has(name))
    .map((name) => `The table ${name} is not in the backup. After the restore only the undo has it.`);
}

function mustNameTheSame(what: string, found: readonly string[], expected: readonly string[]): void {
  const missing = expected.filter((name) => !found.includes(name));
  const unknown = found.filter((name) => !expected.includes(name));
  if (missing.length === 0 && unknown.length === 0) return;
  const faults = [
    ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`has ${unknown.join(', ')}, which its manifest does not name`] : []),
  ];
  throw new DomainError(
    'artefact-unfit',
    `Of its ${what} the backup ${faults.join(' and ')}. Nothing was changed.`,
  );
}

function namesOf(tables: readonly { name: string }[]): string[] {
  return tables.map(({ name }) => name);
}
