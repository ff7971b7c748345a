import { DomainError } from '../../../common/errors.js';
import type { Cell } from '../../rows.types.js';

/** A value as the driver hands it over when 64-bit integers are asked for as such. */
export type DriverValue = null | bigint | number | string | Buffer;

/** Stands for bytes that are no text; the driver puts it there without saying so. */
const replacement = '\uFFFD';

/** Thrown on text that may have lost bytes on its way through the driver; see `carefulColumn` in row-sql.ts. */
export class DoubtfulText extends Error {}

export function toCell(value: DriverValue): Cell {
  if (value === null) return null;
  switch (typeof value) {
    case 'bigint':
      return integerCell(value);
    case 'number':
      return realCell(value);
    case 'string':
      if (value.includes(replacement)) throw new DoubtfulText();
      return value;
    default:
      return { $bytes: value.toString('base64') };
  }
}

/** As `toCell`, for text that is read as bytes. Throws TypeError when they are not UTF-8. */
export function textCell(bytes: Buffer): Cell {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function integerCell(value: bigint): Cell {
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : { $int: String(value) };
}

/** An integral REAL is tagged: as a plain number it would come back as an INTEGER. */
function realCell(value: number): Cell {
  return Number.isInteger(value) || !Number.isFinite(value) ? { $real: realText(value) } : value;
}

/** A REAL as its cell has it; rows with such a key are ordered by this text. */
export function realText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Throws DomainError `artefact-unfit` for a number that SQLite cannot hold, or a cell of no known form. */
export function fromCell(cell: Cell): DriverValue {
  if (cell === null || typeof cell === 'string') return cell;
  if (typeof cell === 'number') return Number.isInteger(cell) ? integer(String(cell)) : cell;
  if ('$int' in cell) return integer(cell.$int);
  if ('$real' in cell) return real(cell.$real);
  return Buffer.from(cell.$bytes, 'base64');
}

function integer(text: string): bigint {
  const value = /^-?\d{1,20}$/.test(text) ? BigInt(text) : null;
  if (value === null || BigInt.asIntN(64, value) !== value) throw unfit(text);
  return value;
}

function real(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw unfit(text);
  return value;
}

function unfit(text: string): DomainError {
  return new DomainError(
    'artefact-unfit',
    `${JSON.stringify(text.slice(0, 40))} is not a number that SQLite can hold.`,
  );
}
