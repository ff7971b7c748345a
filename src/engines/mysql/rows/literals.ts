import { escape } from 'mysql2';
import type { Cell } from '../../rows.types.js';

/** A value as SQL text; undefined when the cell is no value of such a column. NULL is never asked for. */
export type Literal = (cell: NonNullable<Cell>) => string | undefined;

const wholeNumber = /^(0|-?[1-9]\d*)$/;
const decimalNumber = /^-?\d+(\.\d+)?$/;
const realNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const date = /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{1,6})?)?$/;
const time = /^-?\d{2,3}:\d\d:\d\d(\.\d{1,6})?$/;

export const integerLiteral: Literal = (cell) => {
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? String(cell) : undefined;
  return typeof cell === 'object' && '$int' in cell && wholeNumber.test(cell.$int) ? cell.$int : undefined;
};

/** Always with an exponent: the server reads such a number as a double, and one without as a decimal. */
export const realLiteral: Literal = (cell) => {
  const number = typeof cell === 'object' && '$real' in cell ? realOf(cell.$real) : cell;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  return Object.is(number, -0) ? '-0e0' : number.toExponential();
};

function realOf(text: string): number | undefined {
  return realNumber.test(text) ? Number(text) : undefined;
}

/** Not quoted: the server compares a decimal with a quoted number as doubles, which are not exact. */
export const decimalLiteral: Literal = (cell) =>
  typeof cell === 'string' && decimalNumber.test(cell) ? cell : undefined;

export const dateLiteral: Literal = (cell) =>
  typeof cell === 'string' && date.test(cell) ? `'${cell}'` : undefined;

export const timeLiteral: Literal = (cell) =>
  typeof cell === 'string' && time.test(cell) ? `'${cell}'` : undefined;

export const textLiteral: Literal = (cell) => (typeof cell === 'string' ? escape(cell) : undefined);

export const bytesLiteral: Literal = (cell) => {
  const bytes = bytesOf(cell);
  return bytes && `X'${bytes.toString('hex')}'`;
};

/** A number, since the server compares BIT columns as numbers. */
export const bitLiteral: Literal = (cell) => {
  const bytes = bytesOf(cell);
  return bytes && BigInt(`0x0${bytes.toString('hex')}`).toString();
};

/** The bytes by which rows are ordered and told apart: of the cell's text, or the cell's own. */
export function orderLiteral(cell: NonNullable<Cell>): string {
  return `X'${orderBytes(cell).toString('hex')}'`;
}

function orderBytes(cell: NonNullable<Cell>): Buffer {
  if (typeof cell !== 'object') return Buffer.from(String(cell));
  if ('$bytes' in cell) return Buffer.from(cell.$bytes, 'base64');
  return Buffer.from('$int' in cell ? cell.$int : cell.$real);
}

function bytesOf(cell: NonNullable<Cell>): Buffer | undefined {
  if (typeof cell !== 'object' || !('$bytes' in cell)) return undefined;
  const bytes = Buffer.from(cell.$bytes, 'base64');
  // Node skips what is not base64; a value that does not come out as it went in is not the one that was meant.
  return bytes.toString('base64') === cell.$bytes ? bytes : undefined;
}
