import type { Mask } from './scratch.types.js';

/** The first of a hash that becomes a number: what a double holds exactly. */
export const hashBits = 48;
/** The first of a hash that becomes a text, in hexadecimal digits. */
export const hashCharacters = 32;
const emailCharacters = 33;

/** What a column can take. `integer`: up to the greatest number of its type. */
export type ColumnKind =
  | { kind: 'text'; characters: number }
  | { kind: 'integer'; greatest: number }
  | { kind: 'binary' | 'uuid' | 'number' | 'other' };

/**
 * Half a sentence; null when the mask can stand in a column of this kind. `hashed` says into which columns of the engine a
 * hash fits: all but those of other numbers and of other types.
 */
export function whyMaskUnfit(mask: Mask, kind: ColumnKind, hashed: string): string | null {
  switch (mask.kind) {
    case 'null':
      return null;
    case 'text':
      if (kind.kind !== 'text') return 'a text fits into columns of text only';
      if ([...mask.text].length <= kind.characters) return null;
      return `the text is longer than its ${kind.characters} characters`;
    case 'keep-length':
      return kind.kind === 'text' ? null : 'keep-length fits columns of text only';
    case 'email':
      if (kind.kind !== 'text') return 'an e-mail address fits into columns of text only';
      return kind.characters >= emailCharacters ? null : `the addresses have ${emailCharacters} characters`;
    case 'number':
      if (kind.kind === 'number') return null;
      if (kind.kind !== 'integer') return 'a number fits into columns of numbers only';
      return mask.max <= kind.greatest ? null : `it takes numbers up to ${kind.greatest} only`;
    case 'hash':
      if (kind.kind !== 'number' && kind.kind !== 'other') return null;
      return `a hash fits into columns of ${hashed} only`;
  }
}
