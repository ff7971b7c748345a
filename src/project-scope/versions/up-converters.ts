import type { JsonObject, UpConverter } from './versions.types.js';

/** The version that is written. */
export const backupVersion = '1.1';

/**
 * One for each version that was ever written, except the present one: from it to the next. Who changes the format adds
 * one here, a file of the old version in test/fixtures/project-files/, and what has changed to docs/format.md.
 */
export const upConverters: readonly UpConverter[] = [
  {
    from: '1.0',
    to: '1.1',
    header: (header) => ({ ...header, backup_version: '1.1' }),
    // It had no tables that follow when empty: what says so is not one of its fields.
    table: (head) => Object.fromEntries(Object.entries(head).filter(([field]) => field !== 'when_empty')),
  },
];

/** What makes rows of the present version of an older one's. */
export interface UpConversion {
  header(header: JsonObject): JsonObject;
  table(head: JsonObject): JsonObject;
  /** Null when rows are what they were, and need not be parsed. */
  row: ((line: string) => string) | null;
}

/** The steps from a version to the present one, one after the other; null for a version that nobody knows. */
export function upConversion(
  version: string,
  { converters, current }: { converters: readonly UpConverter[]; current: string } = {
    converters: upConverters,
    current: backupVersion,
  },
): UpConversion | null {
  const steps: UpConverter[] = [];
  for (let at = version; at !== current;) {
    const step = converters.find(({ from }) => from === at);
    if (!step || steps.includes(step)) return null;
    steps.push(step);
    at = step.to;
  }
  const rows = steps.flatMap(({ row }) => row ?? []);
  return {
    header: (header) => steps.reduce((made, step) => step.header(made), header),
    table: (head) => steps.reduce((made, step) => step.table(made), head),
    row: rows.length === 0 ? null : (line) => rows.reduce((made, row) => row(made), line),
  };
}

/** True for a version that a later Holdfast may have written: greater numbers of the same kind. */
export function isNewer(version: string, current: string = backupVersion): boolean {
  const numbers = (text: string) => (/^\d{1,9}\.\d{1,9}$/.test(text) ? text.split('.').map(Number) : null);
  const [a, b] = [numbers(version), numbers(current)];
  if (!a || !b) return false;
  const [major = 0, minor = 0] = a;
  const [ofMajor = 0, ofMinor = 0] = b;
  return major > ofMajor || (major === ofMajor && minor > ofMinor);
}
