import type { Cell } from '../../rows.types.js';
import {
  bitLiteral,
  bytesLiteral,
  dateLiteral,
  decimalLiteral,
  integerLiteral,
  type Literal,
  realLiteral,
  textLiteral,
  timeLiteral,
} from './literals.js';

/** A value as mysql2 hands it over under `rowConnectionOptions`. */
export type DriverValue = number | string | Buffer;

/** How the values of one type of column become cells, and cells become SQL. */
export interface ColumnKind {
  /** SQL that yields the exact value through mysql2, given the quoted column. */
  read: (column: string) => string;
  /** Absent where mysql2's value is the cell, so that nothing is done for such columns. Never called with NULL. */
  decode?: (value: DriverValue) => Cell;
  literal: Literal;
  /**
   * SQL whose natural order is the order of `RowSelection.key`. Two sorted streams are merged in JavaScript, which
   * knows no collation, no index of an ENUM and no TIME: integers go by their value, all else by the bytes of the
   * cell's text (or the cell's own bytes). Left as the bare column where the server's own order is the same.
   */
  order: (column: string) => string;
  /**
   * What `column = literal` says. `exact`: the cell and no other. `loose`: also others (a collation's equals).
   * `never`: it cannot be asked; compare what `order` yields.
   */
  equality: 'exact' | 'loose' | 'never';
  /** A value may be many kilobytes; batches of rows are bounded by the size of such columns. */
  long: boolean;
}

const bare = (column: string) => column;
const asBinary = (column: string) => `CAST(${column} AS BINARY)`;
const asChar = (column: string) => `CAST(${column} AS CHAR)`;
const textBytes = (column: string) => `CAST(CONVERT(${column} USING utf8mb4) AS BINARY)`;
const printedBytes = (column: string) => asBinary(asChar(column));

const plain = { read: bare, order: bare, equality: 'exact', long: false } as const;

const smallInteger: ColumnKind = { ...plain, literal: integerLiteral };

/** mysql2 gives what is beyond 2^53 as a string. */
const bigInteger: ColumnKind = {
  ...smallInteger,
  decode: (value) => (typeof value === 'string' ? { $int: value } : (value as number)),
};

const decimal: ColumnKind = { ...plain, literal: decimalLiteral, order: printedBytes };

/**
 * Read as text: mysql2 adds up the digits of a double in floating point, which loses its last bits. What JavaScript
 * would print in another way than the server (`1e15`, `-0`) stays text, so that its order is the server's.
 */
const double: ColumnKind = {
  ...plain,
  literal: realLiteral,
  read: asChar,
  decode: (value) => (String(Number(value)) === value ? Number(value) : { $real: String(value) }),
  order: printedBytes,
  equality: 'never',
};

/** A FLOAT itself prints six digits; times one it is a double and prints all. */
const asDouble = (column: string) => `(${column} * 1e0)`;
const float: ColumnKind = {
  ...double,
  read: (column) => asChar(asDouble(column)),
  order: (column) => printedBytes(asDouble(column)),
};

const date: ColumnKind = { ...plain, literal: dateLiteral };
/** Hours have two or three digits and may be negative: the order of the text is not that of the time. */
const time: ColumnKind = { ...plain, literal: timeLiteral, order: printedBytes };

const shortText: ColumnKind = { ...plain, literal: textLiteral, order: textBytes, equality: 'loose' };
const longText: ColumnKind = { ...shortText, long: true };
/** MySQL's JSON is not equal to its own text. */
const json: ColumnKind = { ...longText, equality: 'never' };
/** MariaDB's UUID, INET4 and INET6. */
const address: ColumnKind = { ...shortText, read: asChar, order: printedBytes };

const base64 = (value: DriverValue): Cell => ({ $bytes: (value as Buffer).toString('base64') });
const shortBytes: ColumnKind = { ...plain, literal: bytesLiteral, decode: base64, order: asBinary };
const longBytes: ColumnKind = { ...shortBytes, long: true };
const bit: ColumnKind = { ...shortBytes, literal: bitLiteral, order: bare };
/** Cast, since mysql2 would parse the value into an object and drop its SRID. */
const internalBytes: ColumnKind = { ...longBytes, read: asBinary, equality: 'never' };

const kinds: Record<string, ColumnKind> = {
  ...each(smallInteger, 'tinyint', 'smallint', 'mediumint', 'int', 'year'),
  ...each(bigInteger, 'bigint'),
  ...each(decimal, 'decimal'),
  ...each(double, 'double'),
  ...each(float, 'float'),
  ...each(date, 'date', 'datetime', 'timestamp'),
  ...each(time, 'time'),
  ...each(shortText, 'char', 'tinytext', 'enum', 'set'),
  ...each(longText, 'varchar', 'text', 'mediumtext', 'longtext'),
  ...each(json, 'json'),
  ...each(address, 'uuid', 'inet4', 'inet6'),
  ...each(shortBytes, 'binary', 'tinyblob'),
  ...each(longBytes, 'varbinary', 'blob', 'mediumblob', 'longblob'),
  ...each(bit, 'bit'),
  ...each(internalBytes, 'geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring'),
  ...each(internalBytes, 'multipolygon', 'geometrycollection', 'geomcollection', 'vector'),
};

function each(kind: ColumnKind, ...types: string[]): Record<string, ColumnKind> {
  return Object.fromEntries(types.map((type) => [type, kind]));
}

/** By information_schema's DATA_TYPE and CHARACTER_SET_NAME; undefined for a type that is not known. */
export function columnKind(dataType: string, characterSet: string | null): ColumnKind | undefined {
  const kind = kinds[dataType.toLowerCase()];
  // An ENUM may be of the character set `binary`; it comes as bytes.
  if (characterSet === 'binary' && kind?.literal === textLiteral) return longBytes;
  return kind;
}
