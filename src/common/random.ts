import { randomBytes, randomUUID } from 'node:crypto';

export function newId(): string {
  return randomUUID();
}

/** A short lower-case name part (hexadecimal) that is safe in file names and SQL identifiers. */
export function shortId(): string {
  return randomBytes(6).toString('hex');
}

/** Bytes that nobody can foresee. */
export function randomNonce(bytes: number): Buffer {
  return randomBytes(bytes);
}

/** A secret of `bytes` bytes of entropy, base64url. */
export function newSecret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
