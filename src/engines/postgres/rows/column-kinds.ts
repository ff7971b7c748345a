import type { Cell } from '../../rows.types.js';
import { quoteText } from '../connection.js';

type Given = NonNullable<Cell>;

/** How the values of one type of column become cells, and cells become SQL. Values come as the server prints them. */
export interface ColumnKind {
  /** SQL that yields the value's text, given the quoted column. */
  read: (column: string) => string;
  /** Absent where the text is the cell. Never called with NULL. */
  decode?: (text: string) => Cell;
  /** The value as the server reads it, unquoted; undefined when the cell is no value of such a column. */
  write: (cell: Given) => string | undefined;
  /**
   * SQL whose natural order is the order of `RowSelection.key`, which JavaScript follows: integers go by their value, all
   * else by the bytes of the cell's text (or the cell's own bytes). Left as the bare column where that is the same.
   */
  order: (column: string) => string;
  /**
   * What `column = value` says. `exact`: the cell and no other. `loose`: also others (1.0 and 1.00). `never`: it cannot
   * be asked, or fails for a cell that is no value of the type; compare the texts.
   */
  equality: 'exact' | 'loose' | 'never';
  /** Columns of one family can be compared with each other as they are; others by their texts. */
  family: string;
}

const bare = (column: string) => column;
export const textOf = (column: string) => `${column}::text`;
const textBytes = (column: string) => `${column}::text COLLATE "C"`;

const wholeNumber = /^(0|-?[1-9]\d*)$/;
const decimalNumber = /^(-?\d+(\.\d+)?|NaN|-?Infinity)$/;
const realNumber = /^(-?\d+(\.\d+)?(e[+-]?\d+)?|NaN|-?Infinity)$/i;
const uuidText = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const moment = /^(-?infinity|\d{4,}-\d\d-\d\d([ ]\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:\d\d){0,2})?)?( BC)?)$/;
const timeOfDay = /^\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:\d\d){0,2})?$/;

/** PostgreSQL has no text with the character zero. */
const writeText = (cell: Given) => (typeof cell === 'string' && !cell.includes('\0') ? cell : undefined);
const writeTextLike = (pattern: RegExp) => (cell: Given) =>
  typeof cell === 'string' && pattern.test(cell) ? cell : undefined;

/** Of any type whose values have an exact text, known to us or not: arrays, ranges, composites, networks. */
const printed: ColumnKind = {
  // Not as it is printed: of an inet that is another text.
  read: textOf,
  write: writeText,
  order: textBytes,
  equality: 'never',
  family: 'printed',
};

function integer(bits: bigint): ColumnKind {
  const least = -(2n ** (bits - 1n));
  const greatest = 2n ** (bits - 1n) - 1n;
  return {
    ...printed,
    read: bare,
    decode: (text) => {
      const number = Number(text);
      return Number.isSafeInteger(number) ? number : { $int: text };
    },
    write: (cell) => {
      const text = integerText(cell);
      if (text === undefined) return undefined;
      const value = BigInt(text);
      return value >= least && value <= greatest ? text : undefined;
    },
    order: bare,
    equality: 'exact',
    family: 'number',
  };
}

function integerText(cell: Given): string | undefined {
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? String(cell) : undefined;
  return typeof cell === 'object' && '$int' in cell && wholeNumber.test(cell.$int) ? cell.$int : undefined;
}

const numeric: ColumnKind = {
  ...printed,
  write: writeTextLike(decimalNumber),
  equality: 'loose',
  family: 'number',
};

/** What JavaScript would print in another way than the server (`1e+15`, `-0`) stays text, so that its order is the server's. */
const real: ColumnKind = {
  ...printed,
  decode: (text) =>
    String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : { $real: text },
  write: (cell) => {
    if (typeof cell === 'number') return Object.is(cell, -0) ? '-0' : String(cell);
    return typeof cell === 'object' && '$real' in cell && realNumber.test(cell.$real)
      ? cell.$real
      : undefined;
  },
  family: 'number',
};

const text: ColumnKind = { ...printed, read: bare, equality: 'exact', family: 'text' };
const looseText: ColumnKind = { ...text, equality: 'loose' };
/** Without the blanks that fill it up, as the server compares it. */
const paddedText: ColumnKind = { ...text, read: textOf };
/** A label that the type does not have would be an error. */
const enumeration: ColumnKind = { ...text, equality: 'never', family: 'enum' };
const boolean: ColumnKind = {
  ...printed,
  write: writeTextLike(/^(true|false)$/),
  order: bare,
  equality: 'exact',
  family: 'boolean',
};
const uuid: ColumnKind = {
  ...printed,
  write: writeTextLike(uuidText),
  order: bare,
  equality: 'exact',
  family: 'uuid',
};
const date: ColumnKind = { ...printed, write: writeTextLike(moment), equality: 'exact', family: 'moment' };
const time: ColumnKind = { ...date, write: writeTextLike(timeOfDay), family: 'time' };
const bytes: ColumnKind = {
  ...printed,
  read: bare,
  decode: (hex) => ({ $bytes: Buffer.from(hex.slice(2), 'hex').toString('base64') }),
  write: (cell) => {
    if (typeof cell !== 'object' || !('$bytes' in cell)) return undefined;
    const value = Buffer.from(cell.$bytes, 'base64');
    // Node skips what is not base64; a value that does not come out as it went in is not the one that was meant.
    return value.toString('base64') === cell.$bytes ? `\\x${value.toString('hex')}` : undefined;
  },
  order: bare,
  equality: 'exact',
  family: 'bytes',
};

const kinds: Record<string, ColumnKind> = {
  int2: integer(16n),
  int4: integer(32n),
  int8: integer(64n),
  numeric,
  ...each(real, 'float4', 'float8'),
  ...each(text, 'text', 'varchar', 'name'),
  ...each(looseText, 'citext'),
  bpchar: paddedText,
  bool: boolean,
  uuid,
  ...each(date, 'date', 'timestamp', 'timestamptz'),
  ...each(time, 'time', 'timetz'),
  bytea: bytes,
};

function each(kind: ColumnKind, ...types: string[]): Record<string, ColumnKind> {
  return Object.fromEntries(types.map((type) => [type, kind]));
}

export interface ColumnType {
  /** pg_type.typname of the type, or of what a domain is made of. */
  name: string;
  enumeration: boolean;
  /** Its collation may take other texts for the same. */
  looseCollation: boolean;
}

export function columnKind({ name, enumeration: isEnum, looseCollation }: ColumnType): ColumnKind {
  if (isEnum) return enumeration;
  const kind = kinds[name] ?? printed;
  return looseCollation && kind.equality === 'exact' ? { ...kind, equality: 'loose' } : kind;
}

/** The text of a cell as `read` yields it, to be compared with a column's text. */
export function cellText(cell: Given): string {
  if (typeof cell !== 'object') return String(cell);
  if ('$bytes' in cell) return `\\x${Buffer.from(cell.$bytes, 'base64').toString('hex')}`;
  return '$int' in cell ? cell.$int : cell.$real;
}

export function textLiteral(cell: Given): string {
  return quoteText(cellText(cell).replaceAll('\0', '\uFFFD'));
}
