import { workingPrefix } from '../common/atomic-file.js';
import { DomainError } from '../common/errors.js';

/** UTF-8 bytes of a whole key: S3 takes 1024, with the prefix of the place before it. */
const longestKey = 900;
/** UTF-8 bytes between two slashes: what file systems take for a name. */
const longestSegment = 255;

/** No separator of any system, and nothing that a terminal, a header or XML could not carry. */
const plainSegment = /^[^/\\\u0000-\u001f\u007f]+$/;

/**
 * Whether a place may hold something under this key. No segment begins with a dot: such names are working files, and
 * `.` and `..` lead elsewhere. What stands in a place and is no key is none of ours; `walk` leaves it out.
 */
export function isKey(key: string): boolean {
  return (
    Buffer.byteLength(key) <= longestKey &&
    // A lone surrogate would come back as another character.
    Buffer.from(key).toString() === key &&
    key.split('/').every(isSegment)
  );
}

function isSegment(segment: string): boolean {
  return (
    plainSegment.test(segment) && !segment.startsWith('.') && Buffer.byteLength(segment) <= longestSegment
  );
}

/** Throws DomainError `bad-input`. */
export function checkKey(key: string): void {
  if (!isKey(key)) {
    throw new DomainError('bad-input', 'That is no key of a place for copies: use plain names and slashes.');
  }
}

/** What `check` writes; no key, so that no list shows it. */
export function probeName(id: string): string {
  return `${workingPrefix}check-${id}`;
}
