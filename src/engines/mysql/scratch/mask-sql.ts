import { hashBits, hashCharacters, whyMaskUnfit } from '../../mask-fit.js';
import type { ColumnSchema } from '../../rows.types.js';
import type { Mask } from '../../scratch.types.js';
import { quoteName } from '../connection.js';

/** What a column can take. `integer`: up to the greatest number of its signed kind. */
type Kind =
  | { kind: 'text'; characters: number }
  | { kind: 'binary'; bytes: number }
  | { kind: 'integer'; greatest: number }
  | { kind: 'number' }
  | { kind: 'other' };

const integers: Record<string, number> = {
  tiny: 2 ** 7 - 1,
  small: 2 ** 15 - 1,
  medium: 2 ** 23 - 1,
  '': 2 ** 31 - 1,
  big: 2 ** hashBits - 1,
};

/** A character may have four bytes. */
const texts: Record<string, number> = { tiny: 63, '': 16_383, medium: 2 ** 22 - 1, long: 2 ** 30 - 1 };

function kindOf(type: string): Kind {
  const [, sized, length] = /^(?:var)?(char|binary)\((\d+)\)/.exec(type) ?? [];
  if (sized === 'char') return { kind: 'text', characters: Number(length) };
  if (sized === 'binary') return { kind: 'binary', bytes: Number(length) };
  const [, textSize] = /^(tiny|medium|long)?text/.exec(type) ?? [null];
  if (/^(tiny|medium|long)?text/.test(type)) return { kind: 'text', characters: texts[textSize ?? ''] ?? 63 };
  if (/^(tiny|medium|long)?blob/.test(type)) return { kind: 'binary', bytes: hashCharacters };
  const integer = /^(tiny|small|medium|big)?int\b/.exec(type);
  if (integer) return { kind: 'integer', greatest: integers[integer[1] ?? ''] ?? 127 };
  return /^(decimal|numeric|float|double|real)/.test(type) ? { kind: 'number' } : { kind: 'other' };
}

/** Half a sentence; null when the mask can stand in a column of this type. */
export function whyUnfit(mask: Mask, { type }: ColumnSchema): string | null {
  return whyMaskUnfit(mask, kindOf(type), 'text, bytes or whole numbers');
}

/** The session's variable that holds the key, which so stands in one statement and not in each. */
export const keyVariable = '@holdfast_dump_key';

/** What stands there instead of the value; null stays null. `?` stands for each of `values`. */
export function maskSql(mask: Mask, { name, type }: ColumnSchema): { sql: string; values: unknown[] } {
  const kind = kindOf(type);
  const column = quoteName(name);
  const digest = digestSql(column, kind);
  const number = `CAST(CONV(LEFT(${digest}, ${hashBits / 4}), 16, 10) AS SIGNED)`;
  const plain = (sql: string) => ({ sql, values: [] });
  switch (mask.kind) {
    case 'null':
      return plain('NULL');
    case 'text':
      return { sql: `IF(${column} IS NULL, NULL, ?)`, values: [mask.text] };
    case 'keep-length':
      return plain(`REPEAT('x', CHAR_LENGTH(${column}))`);
    case 'email':
      return plain(`CONCAT('user_', LEFT(${digest}, 16), '@example.com')`);
    case 'number':
      return plain(`${mask.min} + ${number} % ${mask.max - mask.min + 1}`);
    case 'hash':
      if (kind.kind === 'integer') return plain(`${number} % ${kind.greatest}`);
      if (kind.kind === 'binary')
        return plain(`LEFT(UNHEX(${digest}), ${Math.min(kind.bytes, hashCharacters)})`);
      return plain(
        `LEFT(${digest}, ${kind.kind === 'text' ? Math.min(kind.characters, hashCharacters) : 0})`,
      );
  }
}

/**
 * 64 hexadecimal digits: a hash of the key and of a hash of the key and the value, as in HMAC, which no SQL has. Of the
 * text in UTF-8, so that columns of different character sets agree.
 */
function digestSql(column: string, { kind }: Kind): string {
  const text = `CONVERT(CAST(${column} AS CHAR CHARACTER SET utf8mb4) USING utf8mb4)`;
  const inner = `SHA2(CONCAT(${keyVariable}, HEX(${kind === 'binary' ? column : text})), 256)`;
  return `SHA2(CONCAT(${keyVariable}, ${inner}), 256)`;
}
