import { type IdFunction, idMaker } from '../../../src/project-scope/project-scope.types.js';
import type { Cell, Row } from '../../../src/engines/rows.types.js';
import type { RandomSchema, RandomTable } from './random-schema.js';

export interface FileRows {
  name: string;
  columns: string[];
  rows: Row[];
}

/**
 * The rows of a copy with the ids that they had, sorted. Knows of the functions alone which id of the original became which, and
 * by the schema, which column holds whose ids.
 */
export function unmapped(
  { tables }: RandomSchema,
  original: readonly FileRows[],
  copy: readonly FileRows[],
  functions: readonly IdFunction[],
  secret: string,
): Record<string, string[]> {
  const back = new Map(original.map((table) => [table.name, idsBack(table, functions, secret)]));
  const found: Record<string, string[]> = {};
  for (const { name, columns, rows } of copy) {
    const table = tables.find((one) => one.name === name);
    if (!table) throw new Error(`the copy has a table ${name}`);
    const sources = columns.map((column) => sourceOf(table, column, functions));
    found[name] = rows
      .map((row) => JSON.stringify(row.map((cell, at) => before(cell, sources[at] ?? null, back))))
      .sort();
  }
  return found;
}

function idsBack(
  { name, columns, rows }: FileRows,
  functions: readonly IdFunction[],
  secret: string,
): Map<string, Map<string, Cell>> {
  const ids = new Map<string, Map<string, Cell>>();
  for (const [at, column] of columns.entries()) {
    const one = functions.find(({ identity }) => identity === `${name}.${column}`);
    if (!one) continue;
    const make = idMaker(one, secret);
    ids.set(column, new Map(rows.map((row) => [JSON.stringify(make(row[at] ?? null)), row[at] ?? null])));
  }
  return ids;
}

/** The column whose ids a column holds; null when it holds none that have changed. */
function sourceOf(
  table: RandomTable,
  column: string,
  functions: readonly IdFunction[],
): [string, string] | null {
  const parent = table.references.find((reference) => reference.column === column)?.parent;
  const source: [string, string] = parent ? [parent, 'id'] : [table.name, column];
  return functions.some(({ identity }) => identity === source.join('.')) ? source : null;
}

function before(
  cell: Cell,
  source: [string, string] | null,
  back: ReadonlyMap<string, Map<string, Map<string, Cell>>>,
): Cell {
  if (cell === null || !source) return cell;
  const old = back.get(source[0])?.get(source[1])?.get(JSON.stringify(cell));
  if (old === undefined)
    throw new Error(`${JSON.stringify(cell)} is no id of the copy's ${source.join('.')}`);
  return old;
}
