import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { system } from '../audit/audit.types.js';
import { isDomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import { RecoveryWatch } from '../databases/recovery-watch.service.js';
import type { Engine } from '../engines/engine.types.js';
import { JobsService } from '../jobs/jobs.service.js';
import { UndosService } from './undos.service.js';

const retryEveryMs = 15_000;
const lockWaitMs = 60_000;

/**
 * After a start: what a crash interrupted is brought to its end or back, before anything else is done. A database that is
 * away is looked at as soon as it is back.
 */
@Injectable()
export class RecoveryService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger('recovery');
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #searched = new WeakSet<Engine>();

  constructor(
    private readonly databases: DatabasesService,
    private readonly undos: UndosService,
    private readonly jobs: JobsService,
    private readonly exclusive: ExclusiveWorkService,
    private readonly watch: RecoveryWatch,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.settings.keepsHouse) return;
    for (const { engine } of this.databases.all())
      this.watch.begin(engine, 'It is being searched for restores that were interrupted.');
    void this.#begin();
  }

  /** Nobody waits for it, and the process may be asked to stop in the middle of it. */
  async #begin(): Promise<void> {
    await this.recover();
    this.#retryLater();
    try {
      if (!this.#stopped) await this.undos.sweep();
    } catch (error) {
      if (!this.#stopped)
        this.#log.warn({ msg: 'undos whose time is over could not be looked for', err: error });
    }
  }

  onApplicationShutdown(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** A database that cannot be looked at now is no error; the log and the status say so. */
  async recover(): Promise<void> {
    for (const database of this.databases.all()) await this.#recover(database);
  }

  #retryLater(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#retry(), retryEveryMs);
    this.#timer.unref();
  }

  /** Also of databases that were registered meanwhile. Asks first whether the database is there: each try is a job that is written down. */
  async #retry(): Promise<void> {
    for (const database of this.databases.all()) {
      const { engine } = database;
      const due = this.watch.of(engine) !== null || !this.#searched.has(engine);
      if (due && (await engine.probe()).reachable) await this.#recover(database);
    }
    this.#retryLater();
  }

  async #recover({ name, engine }: RegisteredDatabase): Promise<void> {
    try {
      const request = { kind: 'recovery', database: name, by: system, whenBusy: 'wait' } as const;
      const job = await this.jobs.start(request, ({ signal }) =>
        this.exclusive.run({ engine, lockWaitMs, signal }, (_work, { undos }) =>
          this.undos.adopt(name, engine, undos),
        ),
      );
      await job.done;
      this.#searched.add(engine);
    } catch (error) {
      const why = isDomainError(error) ? error.detail : String(error);
      this.watch.begin(engine, `It has not been searched for interrupted restores yet. ${why}`);
      this.#log.warn({ msg: 'not searched for interrupted restores yet', database: name, err: error });
    }
  }
}
