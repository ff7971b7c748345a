import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { BackupHistory, type HistoryPage } from '../catalog/backup-history.service.js';
import { ScheduledBackups } from '../catalog/scheduled-backups.service.js';
import type { BackupMethod } from '../catalog/catalog.types.js';
import { DomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { type Operation, Operations } from '../jobs/operations.service.js';
import type { OneDatabaseBackupDto } from './database-backups.dto.js';
import { DatabaseBackupsPresenter } from './database-backups.presenter.js';
import { FullBackupsService } from './full-backups.service.js';
import { RunFullBackup } from './run-full-backup.js';

/** Full backups of any registered database that are made after the answer, and whatever became of them. */
@Injectable()
export class DatabaseBackupsService {
  readonly #log = new Logger('backups');
  readonly #make: Operation<
    { database: string; id: string; withDocuments: boolean },
    OneDatabaseBackupDto,
    Actor
  >;

  constructor(
    private readonly databases: DatabasesService,
    private readonly jobs: JobsService,
    private readonly scheduled: ScheduledBackups,
    private readonly history: BackupHistory,
    private readonly backups: RunFullBackup,
    private readonly full: FullBackupsService,
    private readonly present: DatabaseBackupsPresenter,
    operations: Operations,
  ) {
    this.#make = operations.define('scheduled-backup', ({ database, ...order }, by: Actor) =>
      this.#start(database, order, by),
    );
  }

  /**
   * Returns the backup as it is before its work begins; its job has its id, which may be given. Throws DomainError `not-found`, `rate-limited`,
   * `shutting-down`; then there is no backup.
   */
  async schedule(
    name: string,
    description: string | null,
    by: Actor,
    {
      method = 'manual',
      withDocuments = false,
      id,
    }: { method?: BackupMethod; withDocuments?: boolean; id?: string } = {},
  ): Promise<{ scheduled: BackupEntity; jobId: string }> {
    const request = { ...(id && { id }), description, method, createdBy: by.id, createdByName: by.name };
    const scheduled = await this.backups.schedule(this.databases.get(name), request);
    try {
      const job = await this.#make({ database: name, id: scheduled.id, withDocuments }, by);
      return { scheduled, jobId: job.id };
    } catch (error) {
      await this.scheduled.withdraw(scheduled);
      throw error;
    }
  }

  /** Nobody waits for it, so that it is tried again when what is wrong may pass. */
  async #start(
    name: string,
    { id, withDocuments = false }: { id: string; withDocuments?: boolean },
    by: Actor,
  ): Promise<StartedJob<OneDatabaseBackupDto>> {
    const database = this.databases.get(name);
    const scheduled = await this.history.get({ database: name }, id);
    const request = { id, kind: 'full-backup', database: name, by, subject: scheduled.filename } as const;
    const job = await this.jobs.start({ ...request, whenBusy: 'wait', persistent: true }, async (context) => {
      // Of a process that died after it had made the backup, the next start has sealed it.
      const backup = await this.history.get({ database: name }, id);
      const isMade = backup.status === 'done';
      const make = () => this.backups.runScheduled(database, scheduled, withDocuments, context);
      const made = isMade ? backup : await make();
      return { database_backup: this.present.backup(made) };
    });
    void job.done.catch((error: unknown) => this.#mustHaveEnded(id, error));
    return job;
  }

  /** What its job ended with, also when its turn never came. */
  async #mustHaveEnded(id: string, error: unknown): Promise<void> {
    try {
      if (await this.jobs.isUnderWay(id)) return;
      await this.scheduled.giveUp(id, error);
    } catch (fault) {
      this.#log.warn({ msg: 'the end of a backup could not be written down', backup: id, err: fault });
    }
  }

  /** Throws DomainError `not-found`. */
  list(name: string, page: HistoryPage): Promise<[BackupEntity[], number]> {
    return this.history.list({ database: this.databases.get(name).name }, page);
  }

  /** Throws DomainError `not-found`. */
  get(name: string, id: string): Promise<BackupEntity> {
    return this.history.get({ database: this.databases.get(name).name }, id);
  }

  /** Throws DomainError `not-found`; `conflict` while it waits, runs, or is being read. */
  async remove(name: string, id: string, caller: Caller): Promise<BackupEntity> {
    const backup = await this.get(name, id);
    if (backup.status === 'done') return this.full.remove(name, backup.filename, caller);
    await this.history.forget(backup, caller);
    return backup;
  }

  /** One that can be read. Throws DomainError `not-found`, `conflict`. */
  async finished(name: string, id: string): Promise<BackupEntity> {
    const backup = await this.get(name, id);
    if (backup.status === 'done') return backup;
    throw new DomainError(
      'conflict',
      `This backup is ${backup.status}; only one that is done has anything to be read. Choose another of the list.`,
    );
  }
}
