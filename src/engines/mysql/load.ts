import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../common/errors.js';
import { collectErrors, startProgram } from '../../common/programs.js';
import type { Tool } from './tools.js';

export interface Loader {
  client: Tool;
  optionFile: string;
  signal?: AbortSignal | undefined;
  /** How long a statement waits for somebody else's use of a table; the server's default is a day. */
  lockWaitSeconds: number;
  /** A lock that the client's session holds until its last statement has ended (session-lock.ts). */
  sessionLock?: string;
  /**
   * Goes on after a statement that the server refuses, unless it is for want of a privilege or of the server; the
   * caller sees by itself what is missing.
   */
  force?: boolean;
}

/**
 * Feeds SQL to the client program, into `schema`. Stops at the first error. `--binary-mode` keeps every byte and
 * switches off the client's own commands, so that SQL text cannot start programs or read files.
 * Throws DomainError; its sentence names the line and the server's error number, never SQL or values.
 */
export async function loadSql(loader: Loader, schema: string, sql: Readable): Promise<void> {
  const { client, optionFile, signal, lockWaitSeconds, sessionLock, force } = loader;
  const hold = sessionLock ? `, @holdfast_lock = GET_LOCK('${sessionLock}', ${lockWaitSeconds})` : '';
  const program = startProgram(
    client.path,
    [
      `--defaults-file=${optionFile}`,
      '--binary-mode',
      // Without it some clients strip the comments out of routines.
      '--comments',
      '--default-character-set=utf8mb4',
      '--max-allowed-packet=1G',
      `--init-command=SET SESSION lock_wait_timeout = ${lockWaitSeconds}${hold}`,
      ...(force ? ['--force'] : []),
      `--database=${schema}`,
    ],
    signal,
  );
  const errors = collectErrors(program);
  program.stdout.resume();
  // When the client stops at an error it closes its input; its exit code and its words are the better reason.
  const fed = pipeline(sql, program.stdin).then(
    () => null,
    (error: Error) => error,
  );
  const [result, feedError] = await Promise.all([program, fed]);
  if (result.isCanceled)
    throw new DomainError('shutting-down', 'The restore was cancelled; nothing was changed.');
  const said = errors();
  if (result.isTerminated) throw unreachable();
  if (force) refuseSerious(said);
  else if (result.failed) throw refused(said);
  if (feedError) throw feedError;
}

const meanings: Record<number, (place: string) => DomainError> = {
  1021: noSpace,
  1114: noSpace,
  1044: noPrivilege,
  1142: noPrivilege,
  1205: busy,
  1213: busy,
  1227: noPrivilege,
  1370: noPrivilege,
  1419: noPrivilege,
  2002: unreachable,
  2003: unreachable,
  2006: unreachable,
  2013: unreachable,
};

/** With `--force` the client goes on and lists what was refused, a line each. */
function refuseSerious(errors: string): void {
  const serious = errors.split('\n').find((line) => Number(/^ERROR (\d+)/.exec(line)?.[1]) in meanings);
  if (serious) throw refused(serious);
}

function refused(errors: string): DomainError {
  const [, number, line] = /ERROR (\d+)(?: \(\w+\))?(?: at line (\d+))?/.exec(errors) ?? [];
  const place = `${line ? `line ${line}` : 'its beginning'} (error ${number ?? 'unknown'})`;
  const meaning = meanings[Number(number)];
  if (meaning) return meaning(place);
  return new DomainError('artefact-unfit', `The server refused the backup at ${place}. Nothing was changed.`);
}

export function busy(): DomainError {
  return new DomainError(
    'database-busy',
    'A long transaction keeps the tables in use. End it, or try again later. Nothing was changed.',
  );
}

function noSpace(): DomainError {
  return new DomainError(
    'no-space',
    'The database server has no space left for the restore. Nothing was changed.',
  );
}

function noPrivilege(place: string): DomainError {
  return new DomainError(
    'database-refused',
    `The database user lacks a privilege that the backup needs at ${place}: it must be able to create tables, views, ` +
      'triggers, routines and events, also with the DEFINER of others (SET USER in MariaDB, SET_ANY_DEFINER in MySQL). Nothing was changed.',
  );
}

function unreachable(): DomainError {
  return new DomainError(
    'database-unreachable',
    'The connection to the database server broke. Nothing was changed.',
  );
}
