import type { Cell } from '../engines/rows.types.js';
import { bridgePostgresType } from './bridge-postgres-types.js';

/** How a value of one column type is written for another; `same` when it stays as it is. */
export type Conversion = 'same' | ((cell: Cell) => Cell);

/**
 * How values of the type `from` become values of `to` without loss, as the databases write their types (`varchar(20)`,
 * `decimal(10,2)`, `int(11) unsigned`). Null when they may not fit. What it allows and is wrong is found by the re-read.
 */
export function bridgeType(from: string, to: string, engine: string): Conversion | null {
  const [a, b] = [parse(from), parse(to)];
  if (a.text === b.text) return 'same';
  if (engine === 'sqlite') return affinity(a.text) === affinity(b.text) ? 'same' : null;
  if (engine === 'postgres') return bridgePostgresType(a.text, b.text);
  return integers(a, b) ?? texts(a, b) ?? decimals(a, b) ?? times(a, b) ?? enums(a, b);
}

interface Type {
  /** Lower-case, without the display width of integers. */
  text: string;
  name: string;
  size: number[];
  unsigned: boolean;
}

function parse(type: string): Type {
  const text = type
    .toLowerCase()
    .replace(/\b((?:tiny|small|medium|big)?int)\(\d+\)/, '$1')
    .trim();
  const [, name = text, size = ''] = /^(\w+)(?:\(([\d, ]+)\))?/.exec(text) ?? [];
  return {
    text,
    name,
    size: size === '' ? [] : size.split(',').map(Number),
    unsigned: / unsigned/.test(text),
  };
}

const integerRanks = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];

function integers(a: Type, b: Type): Conversion | null {
  const [from, to] = [integerRanks.indexOf(a.name), integerRanks.indexOf(b.name)];
  if (from === -1 || to === -1) return null;
  if (a.unsigned === b.unsigned) return from <= to ? 'same' : null;
  return a.unsigned && from < to ? 'same' : null;
}

const longest: Record<string, number> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 2 ** 24 - 1,
  longtext: 2 ** 32 - 1,
  tinyblob: 255,
  blob: 65_535,
  mediumblob: 2 ** 24 - 1,
  longblob: 2 ** 32 - 1,
};

function texts(a: Type, b: Type): Conversion | null {
  for (const [fixed, kinds] of [
    ['char', ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']],
    ['binary', ['varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']],
  ] as const) {
    const known = (type: Type) => type.name === fixed || (kinds as readonly string[]).includes(type.name);
    if (!known(a) || !known(b)) continue;
    // BINARY(n) is filled up with zeros, which another length would change.
    if (fixed === 'binary' && b.name === 'binary') return null;
    return lengthOf(a) <= lengthOf(b) ? 'same' : null;
  }
  return null;
}

function lengthOf({ name, size }: Type): number {
  return longest[name] ?? size[0] ?? 1;
}

function decimals(a: Type, b: Type): Conversion | null {
  if (a.name !== 'decimal' || b.name !== 'decimal' || a.unsigned !== b.unsigned) return null;
  const [digits = 10, scale = 0] = a.size;
  const [newDigits = 10, newScale = 0] = b.size;
  if (newScale < scale || newDigits - newScale < digits - scale) return null;
  return padded(scale, newScale);
}

function times(a: Type, b: Type): Conversion | null {
  if (a.name !== b.name || !['datetime', 'timestamp', 'time'].includes(a.name)) return null;
  const [from = 0] = a.size;
  const [to = 0] = b.size;
  return to < from ? null : padded(from, to);
}

/** Zeros behind the fraction, as the database itself writes them. */
function padded(from: number, to: number): Conversion {
  if (from === to) return 'same';
  const zeros = '0'.repeat(to - from);
  return (cell) => (typeof cell === 'string' ? `${cell}${from === 0 ? '.' : ''}${zeros}` : cell);
}

function enums(a: Type, b: Type): Conversion | null {
  if (a.name !== b.name || !['enum', 'set'].includes(a.name)) return null;
  const values = (type: Type) => type.text.match(/'(?:[^']|'')*'/g) ?? [];
  const known = new Set(values(b));
  return values(a).every((value) => known.has(value)) ? 'same' : null;
}

/** SQLite's own rules for a declared type. */
function affinity(type: string): string {
  if (/int/.test(type)) return 'integer';
  if (/char|clob|text/.test(type)) return 'text';
  if (/blob/.test(type) || type === '') return 'blob';
  return /real|floa|doub/.test(type) ? 'real' : 'numeric';
}
