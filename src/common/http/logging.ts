import { type DestinationStream, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import { loggedError } from './logged-error.js';
import { currentRequestId } from './request-context.js';

/** Names that hold secrets, down to the third level: bodies, options, the headers of a request. */
const secretNames = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'current_password',
  'new_password',
  'passwordHash',
  'token',
  'access_token',
  'secret',
];

const redacted = secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/**
 * The one log of the process: JSON lines on stdout, readable when stdout is a terminal. Every line that is written
 * while a request is served carries its `request_id`.
 */
export function createLog(level: LevelWithSilent, destination: DestinationStream = standardOutput()): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const requestId = currentRequestId();
        return requestId === undefined ? {} : { request_id: requestId };
      },
      serializers: { err: (error: unknown) => loggedError(error) },
      redact: { paths: redacted, censor: '[redacted]' },
    },
    destination,
  );
}

function standardOutput(): DestinationStream {
  return process.stdout.isTTY ? pretty({ colorize: true, sync: true }) : pino.destination(1);
}
