import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { BackupHistory, type HistoryPage } from '../catalog/backup-history.service.js';
import { CatalogService } from '../catalog/catalog.service.js';
import type { BackupMethod, VerificationLevel } from '../catalog/catalog.types.js';
import { DomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import type { VerificationReport } from '../verification/verification.types.js';
import { FullBackupsService } from './full-backups.service.js';
import type { RestoreReport } from './full-backups.types.js';
import { RunFullBackup } from './run-full-backup.js';

/** Full backups of any registered database that are made after the answer, and whatever became of them. */
@Injectable()
export class DatabaseBackupsService {
  readonly #log = new Logger('backups');

  constructor(
    private readonly databases: DatabasesService,
    private readonly jobs: JobsService,
    private readonly catalog: CatalogService,
    private readonly history: BackupHistory,
    private readonly backups: RunFullBackup,
    private readonly full: FullBackupsService,
  ) {}

  /**
   * Returns the backup as it is before its work begins. `answer` says what the job keeps for who asks later. Throws DomainError
   * `not-found`, `rate-limited`, `shutting-down`; then there is no backup.
   */
  async schedule<T>(
    name: string,
    description: string | null,
    by: Actor,
    answer: (backup: BackupEntity) => T,
    method: BackupMethod = 'manual',
  ): Promise<{ scheduled: BackupEntity; jobId: string }> {
    const database = this.databases.get(name);
    const request = { description, method, createdBy: by.id, createdByName: by.name };
    const scheduled = await this.backups.schedule(database, request);
    const order = { kind: 'full-backup', database: name, by, whenBusy: 'wait' } as const;
    try {
      const job = await this.jobs.start({ ...order, subject: scheduled.filename }, (context) =>
        this.backups.runScheduled(database, scheduled, context).then(answer),
      );
      void job.done.catch((error: unknown) => this.#mustHaveEnded(scheduled, error));
      return { scheduled, jobId: job.id };
    } catch (error) {
      await this.catalog.withdraw(scheduled);
      throw error;
    }
  }

  /** A job that was stopped before its turn came has told nobody. */
  async #mustHaveEnded(scheduled: BackupEntity, error: unknown): Promise<void> {
    await this.catalog.fail(scheduled, error).catch((fault: unknown) =>
      this.#log.warn({
        msg: 'the end of a backup could not be written down',
        backup: scheduled.id,
        err: fault,
      }),
    );
  }

  /** Throws DomainError `not-found`. */
  list(name: string, page: HistoryPage): Promise<[BackupEntity[], number]> {
    return this.history.list({ database: this.databases.get(name).name }, page);
  }

  /** Throws DomainError `not-found`. */
  get(name: string, id: string): Promise<BackupEntity> {
    return this.history.get({ database: this.databases.get(name).name }, id);
  }

  /** Returns once the restore is accepted. Throws DomainError `not-found`, `conflict`, and what FullBackupsService.restore throws. */
  async restore<T>(
    name: string,
    { id, keepNothing }: { id: string; keepNothing: boolean },
    caller: Caller,
    answer: (report: RestoreReport) => T,
  ): Promise<{ backup: BackupEntity; jobId: string }> {
    const backup = await this.#finished(name, id);
    const choice = { filename: backup.filename, keepNothing };
    const job = await this.full.restore(name, choice, caller, answer);
    return { backup, jobId: job.id };
  }

  async verify<T>(
    name: string,
    { id, level }: { id: string; level: VerificationLevel },
    caller: Caller,
    answer: (report: VerificationReport) => T,
  ): Promise<StartedJob<T>> {
    const { filename } = await this.#finished(name, id);
    return this.full.verify(name, filename, level, caller, answer);
  }

  /** Throws DomainError `not-found`; `conflict` while it waits, runs, or is being read. */
  async remove(name: string, id: string, caller: Caller): Promise<BackupEntity> {
    const backup = await this.get(name, id);
    if (backup.status === 'done') return this.full.remove(name, backup.filename, caller);
    await this.history.forget(backup, caller);
    return backup;
  }

  async #finished(name: string, id: string): Promise<BackupEntity> {
    const backup = await this.get(name, id);
    if (backup.status === 'done') return backup;
    throw new DomainError(
      'conflict',
      `This backup is ${backup.status}; only one that is done has anything to be read. Choose another of the list.`,
    );
  }
}
