import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import { DamagedOnTheWay, noSuchObject, PlaceError, rangeBehindEnd } from '../place-error.js';

/** What the server said, or what became of the connection. */
export interface S3Answer {
  /** The server's code (`NoSuchKey`), or the connection's (`ECONNREFUSED`). */
  name: string;
  /** Null when there was no answer. */
  status: number | null;
  message: string;
}

export function answerOf(error: unknown): S3Answer {
  const { name, message, Code, $metadata } = (error ?? {}) as {
    name?: unknown;
    message?: unknown;
    Code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const code = [Code, errorCodeOf(error), name].find((word) => typeof word === 'string' && word !== '');
  return {
    name: String(code ?? 'an unknown error'),
    status: $metadata?.httpStatusCode ?? null,
    message: String(message ?? ''),
  };
}

/** Bytes that arrived are not those that were signed or summed up. */
const differences = new Set([
  'BadDigest',
  'InvalidDigest',
  'XAmzContentSHA256Mismatch',
  'XAmzContentChecksumMismatch',
  'IncompleteBody',
]);
const full = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage', 'EntityTooLarge']);
const passing = new Set(['RequestTimeout', 'SlowDown', 'OperationAborted', 'NoSuchUpload']);

/** Gives what the SDK throws its meaning. Nothing of the SDK's error is kept but words: it holds the request, signed. */
export function s3Error(error: unknown, location: string, secrets: readonly string[]): unknown {
  if (isDomainError(error)) return error;
  const { name, status, message } = answerOf(error);
  const said = withoutSecrets(message, secrets);
  const cause = new Error(`${name}${status === null ? '' : ` (HTTP ${status})`}: ${said}`);
  if (differences.has(name)) return new DamagedOnTheWay(cause);
  if (full.has(name) || status === 507) {
    const detail = `The place ${location} has no space left (${name}); nothing was changed.`;
    return new DomainError('no-space', detail, { cause });
  }
  if (name === 'NoSuchKey' || name === 'NotFound') return noSuchObject(cause);
  if (name === 'InvalidRange' || status === 416) return rangeBehindEnd(cause);
  if (status === null) {
    return new PlaceError(`The place ${location} cannot be reached (${name}).`, !isFinal(name), { cause });
  }
  const mayPass = status >= 500 || status === 429 || passing.has(name);
  return new PlaceError(`The place ${location} refused: ${name}, ${said || `HTTP ${status}`}`, mayPass, {
    cause,
  });
}

/** What no other try would mend: a certificate, missing credentials, an answer that is none of S3's. */
function isFinal(name: string): boolean {
  return /CERT|TLS|SSL|SIGNATURE|Credentials|SyntaxError|TypeError|ERR_INVALID/.test(name);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '...'), text)
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '...');
}
