import Database from 'better-sqlite3';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from './random.js';

const lookEveryMs = 2;
const limitMs = 60_000;

/** A phase of a job as it was measured. `begin` is what comes before the first one that the job names. */
export interface Phase {
  name: string;
  lengthMs: number;
}

interface JobRow {
  status: string;
  phase: string | null;
}

/** Watches a job from outside, in the SQLite catalogue: the service may be killed at any moment. */
export class JobWatch {
  readonly #catalogue: Database.Database;

  constructor(dataFolder: string) {
    this.#catalogue = new Database(join(dataFolder, 'catalog.db'), { readonly: true, timeout: 5_000 });
  }

  look(id: string): JobRow | undefined {
    return this.#catalogue.prepare<[string], JobRow>('SELECT status, phase FROM jobs WHERE id = ?').get(id);
  }

  /** Follows a job that nothing happens to, to its end; the phases it went through. */
  async measure(id: string): Promise<Phase[]> {
    const begun = new Map([['begin', performance.now()]]);
    const end = await this.end(id, (row) => {
      if (row?.phase && !begun.has(row.phase)) begun.set(row.phase, performance.now());
    });
    if (end?.status !== 'done') throw new Error(`The job that was to be measured ended as ${end?.status}`);
    const times = [...begun.entries()];
    const now = performance.now();
    return times.map(([name, since], at) => ({ name, lengthMs: (times[at + 1]?.[1] ?? now) - since }));
  }

  /** Waits for a random moment of a phase. Returns where the job is then: the phase's name, or `ended`. */
  async randomMoment(id: string, phase: Phase, random: SeededRandom): Promise<string> {
    const wait = random.between(0, phase.lengthMs * 1.05);
    await this.#until(id, (row) => hasEnded(row) || (row && (row.phase ?? 'begin') === phase.name));
    if (wait > 1) await sleep(wait);
    return this.where(id);
  }

  where(id: string): string {
    const row = this.look(id);
    return hasEnded(row) ? 'ended' : (row?.phase ?? 'begin');
  }

  /** How a job of a living service ended; `onLook` sees it on its way. */
  end(id: string, onLook: (row: JobRow | undefined) => void = () => undefined): Promise<JobRow | undefined> {
    return this.#until(id, (row) => {
      onLook(row);
      return hasEnded(row);
    });
  }

  async #until(id: string, isIt: (row: JobRow | undefined) => unknown): Promise<JobRow | undefined> {
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      const row = this.look(id);
      if (isIt(row)) return row;
      await sleep(lookEveryMs);
    }
    throw new Error('The job did not come to that within a minute');
  }

  close(): void {
    this.#catalogue.close();
  }
}

function hasEnded(row: JobRow | undefined): boolean {
  return row !== undefined && ['done', 'error', 'cancelled'].includes(row.status);
}
