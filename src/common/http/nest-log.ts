import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import { framesOf, loggedMessage } from './logged-error.js';

/** What Nest says of itself at each start: seventy lines that nobody reads until something is wrong. */
const frameworkContexts = [
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
];

/** Nest's log lines (and those of `new Logger('Name')`) go where all others go. */
export class NestLog implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...more: unknown[]): void {
    const fromFramework = frameworkContexts.some((context) => context === more.at(-1));
    this.#write(fromFramework ? 'debug' : 'info', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.#write('error', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.#write('warn', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.#write('debug', message, more);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.#write('trace', message, more);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.#write('fatal', message, more);
  }

  /** Nest passes the context last; before it may stand a stack, an error, or an object of fields. */
  #write(level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, more: unknown[]) {
    const context = typeof more.at(-1) === 'string' ? more.at(-1) : undefined;
    const rest = context === undefined ? more : more.slice(0, -1);
    const fields: Record<string, unknown> = { context };
    for (const extra of [message, ...rest]) {
      if (extra instanceof Error) fields['err'] = extra;
      else if (typeof extra === 'object' && extra !== null) Object.assign(fields, extra);
      else if (typeof extra === 'string' && extra !== message) fields['stack'] = framesOf(extra) || extra;
    }
    this.pino[level](fields, messageOf(message, fields));
  }
}

/** Never left to pino where there is an error: it would take the error's own message, whatever that tells. */
function messageOf(message: unknown, fields: Record<string, unknown>): string | undefined {
  if (typeof message !== 'object') return String(message);
  if ('msg' in fields) return undefined;
  return 'err' in fields ? loggedMessage(fields['err']) : undefined;
}
