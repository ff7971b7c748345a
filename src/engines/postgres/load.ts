import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../common/errors.js';
import { collectErrors, startProgram } from '../../common/programs.js';
import type { RestoreSource } from '../engine.types.js';
import type { PartName, PartScanner } from './part-scanner.js';
import { piecesOf } from './parts.js';
import { needTool, type Tool } from './tools.js';

/** The first releases of psql that know `\restrict`. */
const firstRestricted: Record<number, number> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };

/**
 * Feeds an artefact to psql, into one database, and past the scanners of its parts; stops at the first error. Under `\restrict` with a key of ours psql
 * takes SQL only: no line of an artefact can start programs or read files. Throws DomainError `artefact-unfit`,
 * `database-unreachable`, `no-space`, `dump-tool-missing`; its sentence names the server's error, never SQL or values.
 */
export async function loadDump(
  connection: string,
  source: RestoreSource,
  scanners: ReadonlyMap<PartName, PartScanner>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const client = await needTool('psql');
  if (!knowsRestrict(client)) {
    throw new DomainError(
      'dump-tool-missing',
      `${client.name} ${client.version} cannot load a backup safely (it has no \\restrict). Install its newest minor version.`,
    );
  }
  const program = startProgram(
    client.path,
    [
      ...[`--dbname=${connection}`, '--no-password', '--no-psqlrc', '--quiet', '--file=-'],
      ...['--set=ON_ERROR_STOP=1', '--set=VERBOSITY=sqlstate', '--set=SHOW_CONTEXT=never'],
    ],
    signal,
  );
  const errors = collectErrors(program);
  program.stdout.resume();
  // When psql stops at an error it closes its input; its exit code and its words are the better reason.
  const fed = pipeline(Readable.from(restricted(source, scanners, signal)), program.stdin).then(
    () => null,
    (error: Error) => error,
  );
  const [result, feedError] = await Promise.all([program, fed]);
  signal?.throwIfAborted();
  if (result.failed && !isBrokenPipe(feedError)) throw feedError ?? refused(errors(), result.exitCode);
  if (result.failed) throw refused(errors(), result.exitCode);
  if (feedError) throw feedError;
}

async function* restricted(
  source: RestoreSource,
  scanners: ReadonlyMap<PartName, PartScanner>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const key = randomBytes(24).toString('hex');
  yield Buffer.from(`\\restrict ${key}\n`);
  for await (const { part, bytes } of piecesOf(source, signal)) {
    scanners.get(part)?.scan(bytes);
    yield bytes;
  }
  yield Buffer.from(`\n\\unrestrict ${key}\n`);
}

function knowsRestrict({ major, version }: Tool): boolean {
  return major > 17 || Number(version.split('.')[1] ?? 0) >= (firstRestricted[major] ?? Infinity);
}

function isBrokenPipe(error: Error | null): boolean {
  return (
    error !== null &&
    'code' in error &&
    ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
  );
}

function refused(errors: string, exitCode: number | undefined): DomainError {
  // psql:<stdin>:12: ERROR:  42P07
  const [, line, code = 'unknown'] = /:(\d+): (?:ERROR|FATAL):\s+(\w{5})\b/.exec(errors) ?? [];
  if (exitCode === 2 || exitCode === undefined) {
    return new DomainError(
      'database-unreachable',
      'The connection to the database server broke. Nothing was changed.',
    );
  }
  if (code === '53100') {
    return new DomainError(
      'no-space',
      'The database server has no space left for the restore. Nothing was changed.',
    );
  }
  const place = `${line ? `line ${line}` : 'its beginning'} (error ${code})`;
  if (code === '42501' || code === '42704') {
    const why = 'the database user lacks a privilege, or the server a role or an extension';
    return new DomainError(
      'artefact-unfit',
      `The server refused the backup at ${place}: ${why}. Nothing was changed.`,
    );
  }
  return new DomainError('artefact-unfit', `The server refused the backup at ${place}. Nothing was changed.`);
}
