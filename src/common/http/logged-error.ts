import { errorCodeOf } from '../errors.js';

/** What a log line says of an error: these fields and no others, whatever else hangs on it. */
export interface LoggedError {
  type: string;
  code?: string;
  message: string;
  stack?: string;
  cause?: LoggedError;
}

const deepestCause = 5;

/**
 * For the log. The text of a database's error is left out: it holds the statement and the values of rows (`Duplicate
 * entry 'ada@...'`), as do fields of it (`sql`, `query`, `parameters`). So is that of a syntax error, which quotes what
 * was parsed. Their code and their place in our code stay.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (typeof error !== 'object' || error === null) {
    return { type: typeof error, message: 'Something that is not an error was thrown.' };
  }
  const type = error.constructor?.name ?? 'Object';
  const code = errorCodeOf(error);
  const message = loggedMessage(error);
  const frames = 'stack' in error && typeof error.stack === 'string' ? framesOf(error.stack) : '';
  const cause = 'cause' in error && depth < deepestCause ? error.cause : undefined;
  return {
    type,
    ...(code !== undefined && { code }),
    message,
    ...(frames !== '' && { stack: `${type}: ${message}\n${frames}` }),
    ...(cause !== undefined && { cause: loggedError(cause, depth + 1) }),
  };
}

/** The error's message, or a general one where its own may not be told. */
export function loggedMessage(error: unknown): string {
  if (isOfDatabase(error)) return 'The database answered with an error.';
  if (typeof error !== 'object' || error === null || !('message' in error))
    return 'An error without a message.';
  if (error.constructor?.name === 'SyntaxError') return 'Something could not be parsed.';
  return String(error.message);
}

/** The places in a stack, without its first lines: they repeat the error's message. */
export function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at .*(:\d+:\d+\)?|\(<anonymous>\)|\(native\))$/.test(line))
    .join('\n');
}

const fieldsOfDatabases = ['sql', 'sqlState', 'sqlMessage', 'query', 'driverError'];

function isOfDatabase(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return (
    fieldsOfDatabases.some((field) => field in error) ||
    /^(ER|SQLITE|PROTOCOL)_/.test(errorCodeOf(error) ?? '')
  );
}
