import type { Cell, DatabaseSchema, RowReader, TableSchema } from '../engines/rows.types.js';
import { applyRules } from './apply-rules.js';
import type { ScopeRules } from './scope-rules.types.js';

/** A (type, id) pair in whose rows stand types that the scope file does not list: nobody owns such a row by this pair. */
export interface UnlistedTypes {
  table: string;
  typeColumn: string;
  idColumns: string[];
  /** The most frequent first. A long one is cut, and bytes are hexadecimal digits. */
  types: { type: string; rows: number }[];
  /** True when there are more of them than are told. */
  more: boolean;
}

type Pair = Omit<UnlistedTypes, 'types' | 'more'> & { listed: Cell[] };

const mostTypes = 20;
const longestType = 100;

/**
 * The pairs of the scope file that have such types, with one query each, which reads the whole table. Throws DomainError
 * `artefact-unfit` for rules that do not fit the database.
 */
export async function findUnlistedTypes(
  reader: RowReader,
  schema: DatabaseSchema,
  rules: ScopeRules,
): Promise<UnlistedTypes[]> {
  const nobodys = new Set([...rules.shared, ...rules.exclude].map(({ table }) => table));
  const pairs = applyRules(schema, rules)
    .tables.filter(({ name }) => !nobodys.has(name))
    .flatMap(pairsOf);
  const found: UnlistedTypes[] = [];
  for (const { listed, ...pair } of pairs) {
    const query = { table: pair.table, column: pair.typeColumn, except: listed, limit: mostTypes + 1 };
    const values = await reader.values(query);
    if (values.length === 0) continue;
    const types = values.slice(0, mostTypes).map(({ cell, rows }) => ({ type: textOf(cell), rows }));
    found.push({ ...pair, types, more: values.length > mostTypes });
  }
  return found;
}

function pairsOf({ name: table, foreignKeys }: TableSchema): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { columns: idColumns, when } of foreignKeys) {
    if (!when) continue;
    const key = JSON.stringify([when.column, idColumns]);
    const pair = pairs.get(key) ?? { table, typeColumn: when.column, idColumns, listed: [] };
    pair.listed.push(when.value);
    pairs.set(key, pair);
  }
  return [...pairs.values()];
}

function textOf(cell: Cell): string {
  const text = wholeTextOf(cell);
  return text.length > longestType ? `${text.slice(0, longestType)}...` : text;
}

function wholeTextOf(cell: Cell): string {
  if (typeof cell !== 'object' || cell === null) return String(cell);
  if ('$bytes' in cell) return Buffer.from(cell.$bytes, 'base64').toString('hex');
  return '$int' in cell ? cell.$int : cell.$real;
}
