import type { Check, DumpContents, RestoreSource, TableContents, WorkOptions } from '../engine.types.js';
import { definitionsHash } from './definitions-hash.js';
import { type PartName, partSections, PartScanner } from './part-scanner.js';
import { damaged, piecesOf } from './parts.js';

/** Reads a dump as it was read when it was made, and compares what is in it with its manifest; no server is asked. */
export async function inspectPostgresDump(
  source: RestoreSource,
  { signal }: Pick<WorkOptions, 'signal'>,
): Promise<Check[]> {
  const scanners = newScanners();
  try {
    for await (const { part, bytes } of piecesOf(source, signal)) scanners.get(part)?.scan(bytes);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
  const { contents } = source;
  mustBeWhole(scanners, contents);
  const fault = differenceOf(scanners.get('tables')?.tables ?? [], contents);
  if (fault) throw damaged(fault);
  return [
    { name: 'end-markers', detail: `Each part ends as it should: ${[...scanners.keys()].join(', ')}.` },
    { name: 'tables', detail: `${sayTables(contents)}, as the manifest says.` },
    {
      name: 'checksums',
      detail: `The rows of ${contents.tables.length} tables have the checksums of the manifest.`,
    },
  ];
}

export function newScanners(): Map<PartName, PartScanner> {
  const parts = Object.keys(partSections) as PartName[];
  return new Map(parts.map((part) => [part, new PartScanner(part)]));
}

/** Throws DomainError `artefact-damaged` for what has passed these scanners and is not what was dumped. */
export function mustBeWhole(scanners: ReadonlyMap<PartName, PartScanner>, contents: DumpContents): void {
  for (const [part, scanner] of scanners) {
    if (!scanner.complete) throw damaged(`has no end marker after its ${part}`);
  }
  if (contents.definitions !== undefined && definitionsHash(scanners) !== contents.definitions) {
    throw damaged('has other definitions than its manifest says (their checksums differ)');
  }
}

export function sayTables({ tables }: DumpContents): string {
  return `${tables.length} tables with ${tables.reduce((sum, { rows }) => sum + rows, 0)} rows`;
}

/** What of the manifest these tables do not fulfil, to follow `The backup`; null when it is all there. */
export function differenceOf(found: readonly TableContents[], { tables }: DumpContents): string | null {
  const known = new Map(found.map((table) => [table.name, table]));
  const expected = new Set(tables.map(({ name }) => name));
  const missing = tables.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (missing.length > 0) return `lacks the tables ${missing.join(', ')}`;
  const unknown = found.filter(({ name }) => !expected.has(name)).map(({ name }) => name);
  if (unknown.length > 0) return `has tables that its manifest does not name: ${unknown.join(', ')}`;
  for (const { name, rows, sha256 } of tables) {
    const table = known.get(name);
    if (table?.rows !== rows) {
      return `has ${table?.rows ?? 0} rows of the table ${name}, but its manifest says ${rows}`;
    }
    if (sha256 !== undefined && table.sha256 !== sha256) {
      return `has other rows of the table ${name} than its manifest says (their checksums differ)`;
    }
  }
  return null;
}
