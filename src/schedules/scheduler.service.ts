import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../common/clock.js';
import { SharedFlight } from '../common/shared-flight.js';
import { Settings } from '../config/settings.js';
import { ProcessesService } from '../persistence/processes.service.js';
import { ScheduleTurns, timetableOf } from './schedule-turns.js';
import type { Schedule } from './schedule.entity.js';
import { StartOccurrence } from './start-occurrence.js';
import { turnOf } from './timetable.js';

const askEveryMs = 5_000;
/** What is being started when the service stops gets so long; what takes longer is due again at the next start. */
const patienceMs = 5_000;

/**
 * Asks the catalogue what is due, and starts it. There is one loop and no timer for a schedule, so that a clock that jumps,
 * a machine that slept, and a schedule that another process changed are all the same to it.
 */
@Injectable()
export class SchedulerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('schedules');
  readonly #asking = new SharedFlight(() => this.#ask());
  readonly #starting = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly turns: ScheduleTurns,
    private readonly occurrences: StartOccurrence,
    private readonly processes: ProcessesService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.keepsHouse) return;
    this.processes.onDeath((owner) => this.turns.settleOf(owner));
    await this.turns.settleGone();
    this.#timer = setInterval(() => void this.#askQuietly(), askEveryMs);
    this.#timer.unref();
    void this.#askQuietly();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.race([this.#idle(), sleep(patienceMs, undefined, { ref: false })]);
  }

  /** Deals with what is due now. Resolves when each has its outcome or its job. */
  async runDue(): Promise<void> {
    await this.#asking.join();
    await this.#idle();
  }

  async #idle(): Promise<void> {
    await Promise.all(this.#starting.values());
  }

  /** A catalogue that is away is asked again. */
  async #askQuietly(): Promise<void> {
    await this.#asking
      .join()
      .catch((error: unknown) => this.#log.warn({ msg: 'what is due could not be read', err: error }));
  }

  async #ask(): Promise<void> {
    const now = this.clock.now();
    for (const schedule of await this.turns.due(now)) {
      await this.#quietly(schedule, this.#take(schedule, now));
    }
  }

  async #take(schedule: Schedule, now: Date): Promise<void> {
    // What comes while the one before is still being started stays due.
    if (this.#starting.has(schedule.id)) return;
    const turn = turnOf(timetableOf(schedule), now);
    const job = turn && (await this.turns.take(schedule, turn, now));
    if (turn?.kind !== 'run' || job === null) return;
    // Not waited for: a database that does not answer holds up none of the others.
    const start = this.#quietly(schedule, this.occurrences.run(schedule, turn.planned, job));
    this.#starting.set(schedule.id, start);
    void start.finally(() => this.#starting.delete(schedule.id));
  }

  /** One schedule's fault is none of the others'. */
  async #quietly({ id }: Schedule, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) =>
      this.#log.error({ msg: 'a schedule could not be served', schedule: id, err: error }),
    );
  }
}
