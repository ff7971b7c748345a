import { createHmac } from 'node:crypto';
import { newSecret } from '../../common/random.js';

const prefix = 'whsec_';

/** 32 random bytes, written as receivers' libraries for Standard Webhooks expect them. */
export function newSigningSecret(): string {
  return prefix + Buffer.from(newSecret(32), 'base64url').toString('base64');
}

/**
 * The headers that let a receiver see that we sent this body, and when: those of Standard Webhooks
 * (https://www.standardwebhooks.com), HMAC-SHA256 over `id.timestamp.body`. `at` in seconds since 1970 as text.
 */
export function signatureHeaders(id: string, at: Date, body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
