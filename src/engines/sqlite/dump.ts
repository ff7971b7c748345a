import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/errors.js';
import type { Dump, DumpContents, DumpPart, WorkOptions } from '../engine.types.js';
import { asDomainError } from './connection.js';
import { copyDatabase } from './copy-job.js';
import { inspectDatabase } from './inspect-job.js';
import { mustBeReadable, sqliteVersion } from './probe.js';
import { removeDatabase, type SqliteFile } from './sqlite-file.js';
import { runInThread } from './thread.js';

const waitMs = 20_000;

export async function openSqliteDump(file: SqliteFile, clock: Clock, options: WorkOptions): Promise<Dump> {
  options.signal?.throwIfAborted();
  await mustBeReadable(file, clock, waitMs);
  return new SqliteDump(file, options);
}

/** One part: a copy of the database in the work folder, whole before its first byte is read. */
class SqliteDump implements Dump {
  readonly serverVersion = `SQLite ${sqliteVersion()}`;
  readonly toolVersion = this.serverVersion;
  readonly concurrent = false;
  readonly parts: readonly DumpPart[] = [{ name: 'file', open: () => this.#open() }];
  readonly #copy: string;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #running: Promise<unknown> = Promise.resolve();
  #stream: Readable | null = null;

  constructor(
    private readonly file: SqliteFile,
    { id, workFolder, signal }: WorkOptions,
  ) {
    this.#copy = join(workFolder, `dump-${id}.db`);
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  async #open(): Promise<Readable> {
    await this.#run(runInThread(copyDatabase, { from: this.file.path, to: this.#copy }, this.#signal));
    this.#stream = createReadStream(this.#copy, { signal: this.#signal, highWaterMark: 256 * 1024 });
    // A reader that has not begun yet must not end the process when the dump is given up; one that has, hears it too.
    this.#stream.on('error', () => undefined);
    return this.#stream;
  }

  async finish(): Promise<DumpContents> {
    if (!this.#stream) throw new DomainError('dump-failed', 'The dump was never read.');
    const found = await this.#run(
      runInThread(inspectDatabase, { path: this.#copy, check: 'quick' }, this.#signal),
    );
    if (found.damage.length > 0) {
      throw new DomainError(
        'dump-failed',
        `"${this.file.name}" is damaged, so no backup was made: ${found.damage.slice(0, 3).join('; ')}.`,
      );
    }
    await removeDatabase(this.#copy);
    const { tables, views, triggers, brokenConstraints: warnings } = found;
    return { tables, views, triggers, routines: [], events: [], warnings, consistencyPoint: null };
  }

  async abort(): Promise<void> {
    this.#stop.abort(new DomainError('dump-failed', 'The dump was given up.'));
    // Its failure was told to whoever waits for it.
    await this.#running.catch(() => undefined);
    this.#stream?.destroy();
    await removeDatabase(this.#copy);
  }

  async #run<T>(work: Promise<T>): Promise<T> {
    this.#running = work;
    try {
      return await work;
    } catch (error) {
      await removeDatabase(this.#copy);
      this.#signal.throwIfAborted();
      throw asDomainError(error, this.file.name);
    }
  }
}
