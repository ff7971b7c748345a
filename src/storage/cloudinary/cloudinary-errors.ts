import { errorCodeOf, isDomainError } from '../../common/errors.js';
import { noSuchObject, PlaceError, rangeBehindEnd } from '../place-error.js';

interface Said {
  message?: unknown;
  http_code?: unknown;
}

/** What is no Error where the SDK, or a plain request, has it. */
export class CloudinaryAnswer extends Error {
  override readonly name = 'CloudinaryAnswer';

  constructor(
    readonly http_code: number | null,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** The status and the words of what the SDK throws, which is no Error but what the server sent, with the request beside it. */
export function answerOf(error: unknown): { status: number | null; message: string } {
  const outer = (error ?? {}) as Said & { error?: Said };
  const { message, http_code: status } = outer.error ?? outer;
  // 499: the SDK's own word for an answer that did not come.
  const known = typeof status === 'number' && status !== 499 ? status : null;
  const words = message instanceof Error ? message.message : String(message ?? '');
  return { status: known, message: words };
}

/** Gives what the SDK throws its meaning. Nothing of it is kept but words: it holds the request, with the secret. */
export function cloudinaryError(error: unknown, location: string, secrets: readonly string[]): unknown {
  if (isDomainError(error)) return error;
  const { status, message } = answerOf(error);
  const said = secrets.reduce((rest, secret) => rest.replaceAll(secret, '...'), message);
  const code = errorCodeOf(error) ?? errorCodeOf((error as { cause?: unknown } | null)?.cause);
  const cause = new Error(`${status === null ? (code ?? 'no answer') : `HTTP ${status}`}: ${said}`);
  if (status === null) {
    return new PlaceError(`The place ${location} cannot be reached (${code ?? 'no answer'}).`, true, {
      cause,
    });
  }
  if (status === 404) return noSuchObject(cause);
  if (status === 416) return rangeBehindEnd(cause);
  const mayPass = status >= 500 || status === 429 || status === 420;
  return new PlaceError(`The place ${location} refused: ${said || `HTTP ${status}`}`, mayPass, { cause });
}
