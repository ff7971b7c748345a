import { HttpException } from '@nestjs/common';
import { DomainError, type ErrorCode, isDomainError, isOutOfSpace } from '../errors.js';
import { problems, type ProblemDetails } from '../problem-details.js';

/** What the framework's own refusals mean in our words, and a sentence where theirs would be for programmers. */
const byStatus: Record<number, [ErrorCode, string | null]> = {
  400: [
    'bad-input',
    'The request could not be read. Send valid JSON that fits the documentation of this route.',
  ],
  401: ['unauthenticated', 'Log in, and send the token as "Authorization: Bearer <token>".'],
  403: ['forbidden', 'You are not allowed to do this.'],
  404: ['not-found', null],
  412: ['precondition-failed', 'The file has changed since you last asked for it. Download it anew.'],
  413: [
    'too-large',
    'The body is larger than this route takes (1 MB for JSON, HOLDFAST_MAX_UPLOAD_MB for a file).',
  ],
  415: ['bad-input', 'The body has an encoding that is not understood. Send UTF-8 JSON.'],
  416: ['bad-range', 'The file has no such range of bytes. Its length is in Content-Range.'],
  429: ['rate-limited', 'There were too many requests. Try again later.'],
};

/** Any error as a DomainError; what is unknown becomes `internal` and keeps the original as its cause. */
export function toDomainError(error: unknown): DomainError {
  if (isDomainError(error)) return error;
  const [code, detail] = byStatus[statusOf(error)] ?? [undefined, null];
  if (code) return new DomainError(code, detail ?? messageOf(error), { cause: error });
  if (isOutOfSpace(error)) {
    return new DomainError('no-space', 'The disk is full. Make room, then try again.', { cause: error });
  }
  return new DomainError(
    'internal',
    'Something unexpected happened. The log has the details under this request_id.',
    {
      cause: error,
    },
  );
}

export function toProblem(error: DomainError, requestId: string): ProblemDetails {
  const { status, title } = problems[error.code];
  return {
    type: `urn:holdfast:problem:${error.code}`,
    title,
    status,
    detail: error.detail,
    code: error.code,
    request_id: requestId,
    ...(error.fields && { errors: error.fields }),
  };
}

/** The status of a Nest exception, or of an http-errors object that a body parser threw at the client's fault. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof URIError) return 400;
  const exposed = error instanceof Error && 'expose' in error && error.expose === true;
  return exposed && 'status' in error && typeof error.status === 'number' ? error.status : 0;
}

function messageOf(error: unknown): string {
  return error instanceof HttpException ? `${error.message}.` : 'There is nothing here.';
}
