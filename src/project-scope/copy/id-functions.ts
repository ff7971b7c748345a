import { createHmac } from 'node:crypto';
import type { Cell } from '../../engines/rows.types.js';
import type { ColumnOf } from './column-groups.js';

/**
 * How the ids of one identity become others; pure, so that no map of millions needs to be held, and JSON, so that it can
 * be kept. Whole numbers move by one distance, random ids (UUID, ULID, 24 hexadecimal digits, 12 bytes and more) become others of their kind, and
 * other texts get something before or behind them. Whatever lies outside of the ids that the project has (a 0 for "none") stays as it is.
 */
export interface IdFunction {
  /** `tasks.id` */
  identity: string;
  /** Where its ids come from; several tables may share them. */
  sources: ColumnOf[];
  /** Of the one row of the project itself: no other id becomes another. */
  only?: { from: Cell; to: Cell };
  /** Decimal numbers: by how much, and the least and greatest that move. */
  shift?: { by: string; least: string; most: string };
  rename?: Renaming;
}

const uuid = /^[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}$/i;
const ulid = /^[0-7][\dA-HJKMNP-TV-Z]{25}$/i;
/** A digest, an ObjectId, a token; digits alone may be a number that means something. */
const hexadecimal = /^(?=.*[a-f])[\da-f]{24,128}$/i;
const nothing = /^[0-]*$/;
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const fewestBytes = 12;
const mostBytes = 32;

/** What texts of the copy have before and behind those of the original. */
export interface Renaming {
  prefix?: string;
  suffix?: string;
}

export function renamed(text: string, { prefix = '', suffix = '' }: Renaming): string {
  return prefix + text + suffix;
}

/** Whether a value is random enough that a hash of it is nobody else's. */
export function isRandomId(cell: Cell): boolean {
  if (typeof cell === 'string') return uuid.test(cell) || ulid.test(cell) || hexadecimal.test(cell);
  if (typeof cell !== 'object' || cell === null || !('$bytes' in cell)) return false;
  const { length } = Buffer.from(cell.$bytes, 'base64');
  return length >= fewestBytes && length <= mostBytes;
}

export function wholeNumber(cell: Cell): bigint | null {
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? BigInt(cell) : null;
  return typeof cell === 'object' && cell !== null && '$int' in cell ? BigInt(cell.$int) : null;
}

export function cellOf(value: bigint): Cell {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $int: value.toString() };
}

/** `secret`: of the copy; two copies of one backup get different ids. */
export function idMaker(id: IdFunction, secret: string): (cell: Cell) => Cell {
  const { only, rename, identity } = id;
  if (only) {
    const from = JSON.stringify(only.from);
    return (cell) => (JSON.stringify(cell) === from ? only.to : cell);
  }
  const shift = id.shift && {
    by: BigInt(id.shift.by),
    least: BigInt(id.shift.least),
    most: BigInt(id.shift.most),
  };
  return (cell) => {
    if (cell === null || cell === '') return cell;
    const value = wholeNumber(cell);
    if (value !== null) {
      return shift && value >= shift.least && value <= shift.most ? cellOf(value + shift.by) : cell;
    }
    if (rename) return typeof cell === 'string' ? renamed(cell, rename) : cell;
    return isRandomId(cell) ? another(cell, identity, secret) : cell;
  };
}

/** Another random id of the same kind: of as many digits, with the same version, in the same spelling. */
export function another(cell: Cell, identity: string, secret: string): Cell {
  const hash = (text: string) => createHmac('sha512', secret).update(`${identity}\n${text}`).digest();
  if (typeof cell === 'object' && cell !== null && '$bytes' in cell) {
    const bytes = Buffer.from(cell.$bytes, 'base64');
    if (bytes.every((byte) => byte === 0)) return cell;
    const fresh = hash(bytes.toString('hex')).subarray(0, bytes.length);
    if (bytes.length === 16) keepVersion(fresh, bytes);
    return { $bytes: fresh.toString('base64') };
  }
  if (typeof cell !== 'string' || nothing.test(cell)) return cell;
  // Databases find an id in either case.
  const digits = cell.toLowerCase().replaceAll('-', '');
  const fresh = hash(digits);
  if (uuid.test(cell)) return inSpellingOf(cell, freshUuid(fresh, digits));
  if (ulid.test(cell)) return inSpellingOf(cell, freshUlid(fresh, cell));
  return inSpellingOf(cell, fresh.toString('hex').slice(0, cell.length));
}

function freshUuid(fresh: Buffer, digits: string): string {
  const bytes = fresh.subarray(0, 16);
  keepVersion(bytes, Buffer.from(digits, 'hex'));
  return bytes.toString('hex');
}

/** The digits that tell the version and the variant of a UUID. */
function keepVersion(fresh: Buffer, old: Buffer): void {
  fresh.writeUInt8((fresh.readUInt8(6) & 0x0f) | (old.readUInt8(6) & 0xf0), 6);
  fresh.writeUInt8((fresh.readUInt8(8) & 0x3f) | (old.readUInt8(8) & 0xc0), 8);
}

/** The first ten letters of a ULID are its time, by which it is ordered. */
function freshUlid(fresh: Buffer, old: string): string {
  const letters = [...fresh.subarray(0, 16)].map((byte) => crockford[byte % 32] ?? '0');
  return old.slice(0, 10) + letters.join('');
}

function inSpellingOf(old: string, fresh: string): string {
  const isUpper = old === old.toUpperCase() && old !== old.toLowerCase();
  const letters = [...(isUpper ? fresh.toUpperCase() : fresh.toLowerCase())];
  return [...old].map((letter) => (letter === '-' ? '-' : (letters.shift() ?? ''))).join('');
}
