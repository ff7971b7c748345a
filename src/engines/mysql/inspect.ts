import { finished } from 'node:stream/promises';
import { DomainError } from '../../common/errors.js';
import type { Check, DumpContents, RestoreSource, TableContents, WorkOptions } from '../engine.types.js';
import type { PartName } from './dump-arguments.js';
import { DumpScanner } from './dump-scanner.js';
import { distributeParts } from './parts.js';

/** Reads a dump as it was read when it was made, and compares what is in it with its manifest; no server is asked. */
export async function inspectMysqlDump(
  source: RestoreSource,
  { signal }: Pick<WorkOptions, 'signal'>,
): Promise<Check[]> {
  const names = partsOf(source.contents);
  if (source.parts.map(({ name }) => name).join() !== names.join()) {
    throw damaged(`must have the parts ${names.join(', ')}, but its manifest names others`);
  }
  const scanners = new Map(names.map((name) => [name as string, new DumpScanner(name)]));
  const ends = [...scanners.values()].map((scanner) => finished(scanner.resume()));
  try {
    await distributeParts(source, (name) => scanners.get(name) as DumpScanner, signal);
    await Promise.all(ends);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    for (const scanner of scanners.values()) scanner.destroy();
    await Promise.allSettled(ends);
  }
  return [mustEnd(scanners), ...mustHold(source.contents, scanners)];
}

/** As the dump makes them. */
function partsOf({ views, events }: DumpContents): PartName[] {
  return [
    'tables',
    'routines',
    ...(views.length > 0 ? (['views'] as const) : []),
    ...(events.length > 0 ? (['events'] as const) : []),
  ];
}

function mustEnd(scanners: ReadonlyMap<string, DumpScanner>): Check {
  for (const [part, scanner] of scanners) {
    if (!scanner.complete) throw damaged(`has no end marker after its ${part}`);
  }
  return { name: 'end-markers', detail: `Each part ends as it should: ${[...scanners.keys()].join(', ')}.` };
}

function mustHold(contents: DumpContents, scanners: ReadonlyMap<string, DumpScanner>): Check[] {
  const tables = scanners.get('tables') as DumpScanner;
  mustNameTheSame(
    'tables',
    tables.tables,
    contents.tables.map(({ name }) => name),
  );
  mustNameTheSame('views', scanners.get('views')?.views ?? [], contents.views);
  for (const table of contents.tables) mustHaveRows(tables, table);
  const rows = contents.tables.reduce((sum, table) => sum + table.rows, 0);
  const hashed = contents.tables.filter(({ sha256 }) => sha256 !== undefined).length;
  return [
    { name: 'tables', detail: `${contents.tables.length} tables with ${rows} rows, as the manifest says.` },
    { name: 'checksums', detail: sayHashed(hashed) },
  ];
}

export function sayHashed(tables: number): string {
  return tables === 0
    ? 'The manifest has no checksums of tables (it was written by an older Holdfast), so that only rows were counted.'
    : `The rows of ${tables} tables have the checksums of the manifest.`;
}

function mustHaveRows(scanner: DumpScanner, { name, rows, sha256 }: TableContents): void {
  const found = scanner.sequences.has(name) ? 1 : (scanner.rows.get(name) ?? 0);
  if (found !== rows) {
    throw damaged(`has ${found} rows of the table ${name}, but its manifest says ${rows}`);
  }
  if (sha256 !== undefined && scanner.sha256Of(name) !== sha256) {
    throw damaged(`has other rows of the table ${name} than its manifest says (their checksums differ)`);
  }
}

function mustNameTheSame(what: string, found: readonly string[], expected: readonly string[]): void {
  const missing = expected.filter((name) => !found.includes(name));
  const unknown = found.filter((name) => !expected.includes(name));
  if (missing.length > 0) throw damaged(`lacks the ${what} ${missing.join(', ')}`);
  if (unknown.length > 0) throw damaged(`has ${what} that its manifest does not name: ${unknown.join(', ')}`);
}

function damaged(what: string): DomainError {
  return new DomainError('artefact-damaged', `The backup ${what}. Nothing was changed; use another backup.`);
}
