import { DomainError } from '../../common/errors.js';

/** Characters of a public id, the folder included. */
const longestPublicId = 255;

/**
 * A key as Cloudinary takes it for a public id. It refuses some characters and turns others into underscores, so that two
 * keys could become one; all but letters of ASCII, digits, dots, dashes and underscores are written as `_x` and two digits
 * for each byte. Folders called `v1` mean versions to it. Throws DomainError `bad-input` when it becomes too long.
 */
export function publicIdOf(root: string, key: string): string {
  const id = root + escaped(key);
  if (id.length > longestPublicId) {
    throw new DomainError('bad-input', `Cloudinary takes names of ${longestPublicId} characters at most.`);
  }
  return id;
}

/** Null for what is not under `root`. */
export function keyOf(root: string, publicId: string): string | null {
  if (!publicId.startsWith(root)) return null;
  const bytes = publicId.slice(root.length).replace(/_x([0-9a-f]{2})/g, '%$1');
  try {
    return decodeURIComponent(bytes);
  } catch {
    return null;
  }
}

/** What begins all public ids of keys that begin with `prefix`, and perhaps some others. */
export function publicPrefixOf(root: string, prefix: string): string {
  // Its last letters may be written otherwise, depending on what follows.
  return root + escaped(prefix.replace(/[^/]{0,3}$/, ''));
}

function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9a-f]{2})/g, '_x5f')
    .replace(/(?<=^|\/)v(?=\d+(\/|$))/g, '_x76')
    .replace(/[^A-Za-z0-9._/-]+/g, (others) => Buffer.from(others).toString('hex').replace(/../g, '_x$&'));
}
