import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { randomNonce } from '../../common/random.js';

const version = 'v1';
const algorithm = 'aes-256-gcm';
const nonceBytes = 12;

/** Encrypts what the catalogue must not show. `id` tells keys apart and nothing about them. */
export interface SecretKey {
  id: string;
  bytes: Buffer;
}

/** 32 bytes for one purpose other than sealing: keys of one secret tell nothing of each other. */
export function purposeKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `holdfast ${purpose}`, 32));
}

/** The key that belongs to a secret of any form. */
export function keyFrom(secret: string): SecretKey {
  const derive = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', `holdfast connection data: ${purpose}`, length));
  return { id: derive('id', 8).toString('hex'), bytes: derive('key', 32) };
}

/**
 * AES-256-GCM with a fresh nonce. `owner` is authenticated with it: what was sealed for one row does not open in another, or
 * whoever may write the catalogue could move a password to a server of theirs.
 */
export function sealValue(plain: string, key: SecretKey, owner: string): string {
  const nonce = randomNonce(nonceBytes);
  const cipher = createCipheriv(algorithm, key.bytes, nonce).setAAD(Buffer.from(owner));
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return [version, key.id, ...[nonce, text, cipher.getAuthTag()].map(encoded)].join('.');
}

/** Which key a sealed value needs; null when it is no sealed value. */
export function keyIdOf(sealed: string): string | null {
  const [found, id, ...rest] = sealed.split('.');
  return found === version && id !== undefined && rest.length === 3 ? id : null;
}

/** Throws an Error when it was changed, moved to another owner, or sealed with another key. */
export function openValue(sealed: string, key: SecretKey, owner: string): string {
  const [nonce, text, tag] = sealed.split('.').slice(2).map(decoded);
  if (!nonce || !text || tag?.length !== 16) throw new Error('This is no sealed value.');
  const decipher = createDecipheriv(algorithm, key.bytes, nonce, { authTagLength: 16 })
    .setAAD(Buffer.from(owner))
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
}

function encoded(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function decoded(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
