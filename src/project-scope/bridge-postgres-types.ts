import type { Cell } from '../engines/rows.types.js';
import type { Conversion } from './bridge-types.js';

/**
 * As `bridgeType`, for types as PostgreSQL prints them: `character varying(20)`, `numeric(10,2)`, `timestamp(3) without
 * time zone`. Two names of one type are printed alike, and what is printed without a size has no limit.
 */
export function bridgePostgresType(from: string, to: string): Conversion | null {
  const [a, b] = [parse(from), parse(to)];
  return integers(a, b) ?? texts(a, b) ?? decimals(a, b) ?? times(a, b);
}

interface Type {
  /** Without its size. */
  name: string;
  size: number[];
}

function parse(type: string): Type {
  const size = /\(([\d,]+)\)/.exec(type)?.[1] ?? '';
  return {
    name: type.toLowerCase().replace(/\([\d,]+\)/, ''),
    size: size === '' ? [] : size.split(',').map(Number),
  };
}

const integerRanks = ['smallint', 'integer', 'bigint'];

function integers(a: Type, b: Type): Conversion | null {
  const [from, to] = [integerRanks.indexOf(a.name), integerRanks.indexOf(b.name)];
  return from !== -1 && from <= to ? 'same' : null;
}

function texts(a: Type, b: Type): Conversion | null {
  const known = (type: Type) => ['character', 'character varying', 'text'].includes(type.name);
  if (!known(a) || !known(b)) return null;
  // A `character` is printed without the blanks at its end: of another type they would be lost.
  if (b.name === 'character' && a.name !== 'character') return null;
  return limitOf(a) <= limitOf(b) ? 'same' : null;
}

function limitOf({ size }: Type): number {
  return size[0] ?? Infinity;
}

function decimals(a: Type, b: Type): Conversion | null {
  if (a.name !== 'numeric' || b.name !== 'numeric') return null;
  const [newDigits, newScale = 0] = b.size;
  // Without a size each value keeps the digits that it has.
  if (newDigits === undefined) return 'same';
  const [digits, scale = 0] = a.size;
  if (digits === undefined || newScale < scale || newDigits - newScale < digits - scale) return null;
  if (newScale === scale) return 'same';
  const zeros = `${scale === 0 ? '.' : ''}${'0'.repeat(newScale - scale)}`;
  return (cell: Cell) => (typeof cell === 'string' && /^-?\d/.test(cell) ? cell + zeros : cell);
}

/** Digits of a second, six of them unless the type says fewer; zeros at their end are not printed. */
function times(a: Type, b: Type): Conversion | null {
  if (a.name !== b.name || !/^time(stamp)? with/.test(a.name)) return null;
  return (a.size[0] ?? 6) <= (b.size[0] ?? 6) ? 'same' : null;
}
