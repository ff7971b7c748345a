import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token is for; it is good for nothing else. */
export interface LinkTarget {
  database: string;
  backupId: string;
}

export interface LinkClaims {
  linkId: string;
  expiresAt: Date;
}

const form = /^([0-9a-f-]{36})\.([0-9a-z]{1,10})\.([\w-]{43})$/;

/** `<link>.<end, in ms since 1970, base 36>.<HMAC-SHA-256 of both and of the target, base64url>`. */
export function signToken(target: LinkTarget, { linkId, expiresAt }: LinkClaims, key: Buffer): string {
  const end = expiresAt.getTime().toString(36);
  return `${linkId}.${end}.${macOf(target, linkId, end, key)}`;
}

/** What a token says when one of the keys has signed it for this target; null for anything else. Its end may be over. */
export function readToken(token: unknown, target: LinkTarget, keys: readonly Buffer[]): LinkClaims | null {
  const [, linkId, end, mac] = (typeof token === 'string' && form.exec(token)) || [];
  if (linkId === undefined || end === undefined || mac === undefined) return null;
  const given = Buffer.from(mac);
  const fits = keys.map((key) => timingSafeEqual(given, Buffer.from(macOf(target, linkId, end, key))));
  return fits.includes(true) ? { linkId, expiresAt: new Date(parseInt(end, 36)) } : null;
}

/** As JSON, because no two lists have the same: a name cannot be made to look like a name and an id. */
function macOf({ database, backupId }: LinkTarget, linkId: string, end: string, key: Buffer): string {
  const signed = JSON.stringify(['v1', database, backupId, linkId, end]);
  return createHmac('sha256', key).update(signed).digest('base64url');
}
