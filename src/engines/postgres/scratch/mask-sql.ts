import { type ColumnKind, hashBits, hashCharacters, whyMaskUnfit } from '../../mask-fit.js';
import type { ColumnSchema } from '../../rows.types.js';
import type { Mask } from '../../scratch.types.js';
import { quoteName, quoteText } from '../connection.js';

const anyLength = Number.MAX_SAFE_INTEGER;

const kinds: Record<string, ColumnKind> = {
  text: { kind: 'text', characters: anyLength },
  citext: { kind: 'text', characters: anyLength },
  bpchar: { kind: 'text', characters: anyLength },
  'character varying': { kind: 'text', characters: anyLength },
  name: { kind: 'text', characters: 15 },
  smallint: { kind: 'integer', greatest: 2 ** 15 - 1 },
  integer: { kind: 'integer', greatest: 2 ** 31 - 1 },
  bigint: { kind: 'integer', greatest: 2 ** hashBits - 1 },
  bytea: { kind: 'binary' },
  uuid: { kind: 'uuid' },
  real: { kind: 'number' },
  'double precision': { kind: 'number' },
};

/** By the type as format_type() writes it: with its schema where that is not searched, and never an array. */
function kindOf(type: string): ColumnKind {
  const [, characters] = /^character(?: varying)?\((\d+)\)$/.exec(type) ?? [];
  if (characters !== undefined) return { kind: 'text', characters: Number(characters) };
  if (/^numeric(\(\d+,-?\d+\))?$/.test(type)) return { kind: 'number' };
  const name = type.replace(/^.*\.(?=citext$)/, '');
  return (Object.hasOwn(kinds, name) && kinds[name]) || { kind: 'other' };
}

/** Half a sentence; null when the mask can stand in a column of this type. */
export function whyUnfit(mask: Mask, { type }: ColumnSchema): string | null {
  return whyMaskUnfit(mask, kindOf(type), 'text, bytes, UUIDs or whole numbers');
}

/** The session's setting that holds the key, which so stands in one statement and not in each. */
export const keySetting = 'holdfast.dump_key';

/** What stands there instead of the value; null stays null. */
export function maskSql(mask: Mask, { name, type }: ColumnSchema): string {
  const kind = kindOf(type);
  const column = quoteName(name);
  const digest = digestSql(column, kind);
  const number = `('x' || left(${digest}, ${hashBits / 4}))::bit(${hashBits})::bigint`;
  switch (mask.kind) {
    case 'null':
      return 'NULL';
    case 'text':
      return `CASE WHEN ${column} IS NOT NULL THEN ${quoteText(mask.text)}::text END`;
    case 'keep-length':
      return `repeat('x', char_length(${column}::text))`;
    case 'email':
      return `'user_' || left(${digest}, 16) || '@example.com'`;
    case 'number':
      return `${mask.min} + ${number} % ${mask.max - mask.min + 1}`;
    case 'hash':
      return hashSql(kind, digest, number);
  }
}

function hashSql(kind: ColumnKind, digest: string, number: string): string {
  switch (kind.kind) {
    case 'integer':
      return `${number} % ${kind.greatest}`;
    case 'binary':
      return `decode(${digest}, 'hex')`;
    case 'uuid':
      return `left(${digest}, ${hashCharacters})::uuid`;
    default:
      return `left(${digest}, ${kind.kind === 'text' ? Math.min(kind.characters, hashCharacters) : 0})`;
  }
}

/**
 * 64 hexadecimal digits: a hash of the key and of a hash of the key and the value, as in HMAC, which no SQL has. Of the text in
 * UTF-8, so that columns of different types agree.
 */
function digestSql(column: string, { kind }: ColumnKind): string {
  const bytes = kind === 'binary' ? column : utf8(`${column}::text`);
  const key = `current_setting('${keySetting}')`;
  const inner = hexOfHash(`${key} || encode(${bytes}, 'hex')`);
  return hexOfHash(`${key} || ${inner}`);
}

const utf8 = (text: string) => `convert_to(${text}, 'UTF8')`;
const hexOfHash = (text: string) => `encode(sha256(${utf8(text)}), 'hex')`;
