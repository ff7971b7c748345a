import { DomainError } from '../common/errors.js';
import type { JobRecord } from './job-audit.js';
import type { JobRows } from './job-rows.service.js';
import type { JobContext, JobProgress } from './jobs.types.js';

const writeEveryMs = 500;

/** A job while it runs in this process: what it says goes into its row, a few times a second at most. */
export class JobRun implements JobContext {
  readonly #cancel = new AbortController();
  readonly #progress: JobProgress = { bytes: 0, rows: 0, expectedBytes: null };
  readonly signal: AbortSignal;
  #writing: NodeJS.Timeout | undefined;

  constructor(
    readonly id: string,
    private readonly rows: JobRows,
    private readonly record: JobRecord,
    stop: AbortSignal,
  ) {
    this.signal = AbortSignal.any([stop, this.#cancel.signal]);
  }

  // The context is taken apart by who uses a part of it.
  readonly phase = (name: string): void => this.rows.write(this.id, { phase: name });

  readonly advance = ({ bytes = 0, rows = 0 }: { bytes?: number; rows?: number }): void => {
    this.#progress.bytes += bytes;
    this.#progress.rows += rows;
    this.#writing ??= setTimeout(() => this.#write(), writeEveryMs);
  };

  readonly expect = (bytes: number | null): void => {
    this.#progress.expectedBytes = bytes;
  };

  readonly about = (subject: string): void => this.record.about(subject);

  readonly note = (details: Parameters<JobContext['note']>[0]): void => this.record.note(details);

  cancel(by: string): void {
    this.#cancel.abort(new DomainError('cancelled', `${by} cancelled this; it left nothing behind.`));
  }

  /** Everybody takes this process for dead, and another one may have begun the job again. */
  lose(): void {
    this.#cancel.abort(
      new DomainError('shutting-down', 'This process stood still; the work was taken from it.'),
    );
  }

  /** What a failure came from: programs that are ended on purpose report it in words of their own. */
  reasonOf(error: unknown): unknown {
    return this.signal.aborted ? (this.signal.reason as unknown) : error;
  }

  /** The last word on its progress. */
  end(): JobProgress {
    clearTimeout(this.#writing);
    return { ...this.#progress };
  }

  #write(): void {
    this.#writing = undefined;
    this.rows.write(this.id, { progress: { ...this.#progress } });
  }
}
