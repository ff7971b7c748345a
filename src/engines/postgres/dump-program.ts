import { Transform, type TransformCallback } from 'node:stream';
import type { Readable } from 'node:stream';
import { DomainError } from '../../common/errors.js';
import { collectErrors, startProgram } from '../../common/programs.js';
import { type PartName, partSections, PartScanner } from './part-scanner.js';
import type { Tool } from './tools.js';

export interface DumpRun {
  tool: Tool;
  /** As toolConnection gives it. */
  connection: string;
  part: PartName;
  /** An exported snapshot, so that all parts show the same point. */
  snapshot?: string;
  /** More of the tool's own, for what shall not be in it. */
  flags?: readonly string[];
  signal: AbortSignal;
}

export interface RunningDump {
  /** Fails when the part fails; ends only when the tool has ended well: a stream that merely stops is not a dump. */
  stream: Readable;
  scanner: PartScanner;
}

/** Runs pg_dump for one part. Errors of the stream are DomainError `dump-failed`, `shutting-down`. */
export function runDump({ tool, connection, part, snapshot, flags = [], signal }: DumpRun): RunningDump {
  const program = startProgram(
    tool.path,
    [
      `--dbname=${connection}`,
      '--no-password',
      '--format=plain',
      '--encoding=UTF8',
      '--quote-all-identifiers',
      '--lock-wait-timeout=20000',
      `--section=${partSections[part]}`,
      ...(snapshot === undefined ? [] : [`--snapshot=${snapshot}`]),
      ...flags,
    ],
    signal,
  );
  const errors = collectErrors(program);
  program.stdin.end();
  const scanner = new PartScanner(part);
  const stream = new Unrestricted(scanner);
  program.stdout.on('error', (error) => stream.destroy(error));
  program.stdout.pipe(stream, { end: false });
  stream.once('close', () => program.kill());
  const outputEnded = new Promise<void>((resolve) => program.stdout.once('close', resolve));
  void Promise.all([program, outputEnded]).then(([result]) => {
    if (result.isCanceled) stream.destroy(new DomainError('shutting-down', 'The dump was cancelled.'));
    else if (result.failed) stream.destroy(toolFailed(tool, result.exitCode, errors()));
    else stream.end();
  });
  return { stream, scanner };
}

function toolFailed(tool: Tool, exitCode: number | undefined, errors: string): DomainError {
  const code = exitCode === undefined ? 'was ended from outside' : `ended with code ${exitCode}`;
  return new DomainError(
    'dump-failed',
    `${tool.name} ${code}: ${errors.slice(-500) || 'It gave no reason.'}`,
  );
}

const headBytes = 1024;
const tailBytes = 1024;

/**
 * Takes pg_dump's own `\restrict` and `\unrestrict` away, which hold a random key: the same rows give the same bytes, and
 * whoever loads the artefact puts it under a restriction of their own (load.ts), which a forged artefact cannot lift.
 */
class Unrestricted extends Transform {
  #held: Buffer = Buffer.alloc(0);
  #beginning = true;

  constructor(private readonly scanner: PartScanner) {
    super({ highWaterMark: 1024 * 1024 });
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#beginning && this.#held.length >= headBytes + tailBytes) this.#dropLine('\\restrict ', 0);
    if (!this.#beginning && this.#held.length > tailBytes) {
      this.#pass(this.#held.subarray(0, -tailBytes));
      this.#held = Buffer.from(this.#held.subarray(-tailBytes));
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#beginning) this.#dropLine('\\restrict ', 0);
    this.#dropLine('\\unrestrict ', Math.max(0, this.#held.length - tailBytes));
    this.#pass(this.#held);
    done();
  }

  #dropLine(beginning: string, from: number): void {
    this.#beginning = false;
    const at = this.#held.indexOf(`\n${beginning}`, from);
    if (at === -1 || (from === 0 && at > headBytes)) return;
    const end = this.#held.indexOf('\n', at + 1);
    this.#held = Buffer.concat([
      this.#held.subarray(0, at + 1),
      this.#held.subarray(end === -1 ? this.#held.length : end + 1),
    ]);
  }

  #pass(bytes: Buffer): void {
    this.scanner.scan(bytes);
    this.push(bytes);
  }
}
