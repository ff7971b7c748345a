import type { IncomingMessage } from 'node:http';

export const apiTokenPrefix = 'hf_';

/** The token of the Authorization header. A token in the query is not looked for: it would end up in logs. */
export function bearerToken(request: IncomingMessage): string | null {
  const [, token] = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  return token ?? null;
}

/**
 * Which strategy is to check a token, by its looks alone. A liar gains nothing: each strategy accepts only its own
 * algorithms and keys.
 */
export function kindOfToken(token: string): 'api' | 'own' | 'foreign' {
  if (token.startsWith(apiTokenPrefix)) return 'api';
  return /^[RPE]S\d{3}$/.test(algorithmOf(token)) ? 'foreign' : 'own';
}

function algorithmOf(token: string): string {
  try {
    const header: unknown = JSON.parse(
      Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8'),
    );
    if (typeof header === 'object' && header !== null && 'alg' in header) return String(header.alg);
  } catch {
    // Not a token at all; the strategy for our own tokens refuses it.
  }
  return '';
}
