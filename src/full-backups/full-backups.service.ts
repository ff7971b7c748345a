import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../auth/auth.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import type { ListedBackup } from '../catalog/catalog.types.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { RecoveryWatch } from '../databases/recovery-watch.service.js';
import { DocumentsService } from '../documents/documents.service.js';
import { partialWarning } from '../documents/documents.types.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { JobContext, StartedJob } from '../jobs/jobs.types.js';
import { MaintenanceService } from '../maintenance/maintenance.service.js';
import { RetentionService } from '../retention/retention.service.js';
import type { CleanupReport } from '../retention/retention.types.js';
import { StorageService } from '../storage/storage.service.js';
import { VerificationService } from '../verification/verification.service.js';
import type { VerificationReport, VerificationWish } from '../verification/verification.types.js';
import type { FullBackupStatus, PutBackReport, RestoreChoice, RestoreReport } from './full-backups.types.js';
import { RunFullBackup } from './run-full-backup.js';
import { type RestoreOutcome, RunFullRestore } from './run-full-restore.js';
import { UndosService } from './undos.service.js';
import type { UndoEntity } from './undo.entity.js';

/** Full backups of a registered database: what a caller can ask for. */
@Injectable()
export class FullBackupsService {
  constructor(
    private readonly databases: DatabasesService,
    private readonly jobs: JobsService,
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly storage: StorageService,
    private readonly retention: RetentionService,
    private readonly verification: VerificationService,
    private readonly backups: RunFullBackup,
    private readonly restores: RunFullRestore,
    private readonly undos: UndosService,
    private readonly documents: DocumentsService,
    private readonly audit: AuditService,
    private readonly maintenance: MaintenanceService,
    private readonly watch: RecoveryWatch,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits for its turn while another backup of the database runs. `answer` says what the job answers, and may do more before
   * the job has ended.
   */
  create<T>(
    name: string,
    choice: { description: string | null; withDocuments: boolean },
    caller: Caller,
    answer: (backup: BackupEntity, job: JobContext) => T | Promise<T>,
  ): Promise<StartedJob<T>> {
    const database = this.databases.get(name);
    const request = { ...choice, createdBy: caller.id, createdByName: caller.name };
    return this.jobs.start({ kind: 'full-backup', database: name, by: caller, whenBusy: 'wait' }, (job) =>
      this.backups.run(database, request, job).then((backup) => answer(backup, job)),
    );
  }

  list(
    name: string,
    page: { offset: number; limit: number; oldestFirst?: boolean },
  ): Promise<[ListedBackup[], number]> {
    return this.catalog.list({ database: name }, page);
  }

  async status(name: string): Promise<FullBackupStatus> {
    const { engine, maxBackups } = this.databases.get(name);
    const [storage, probed, unlisted, maintenance, missing, [[newest]]] = await Promise.all([
      this.storage.store.health(),
      engine.probe(),
      this.catalog.unlisted({ database: name }),
      this.maintenance.current(name),
      this.documents.problemsOf(name),
      this.catalog.list({ database: name }, { offset: 0, limit: 1 }),
    ]);
    const partial = newest?.backup.contents?.documents?.partial;
    const said = partial ? [`${newest.backup.filename}: ${partialWarning(partial)}`] : [];
    return {
      directory: this.directory(name),
      storage,
      engine: { ...probed, kind: engine.kind, warnings: [...probed.warnings, ...missing, ...said] },
      maxBackups,
      unlisted,
      stats: await this.catalog.stats({ database: name }),
      recovering: this.watch.of(engine),
      maintenance,
    };
  }

  async restore<T>(
    name: string,
    { filename, ...choice }: RestoreChoice,
    caller: Caller,
    answer: (report: RestoreReport) => T,
  ): Promise<StartedJob<T>> {
    const database = this.databases.get(name);
    const backup = await this.catalog.get({ database: name }, filename);
    await this.#mustExist(backup);
    return this.jobs.start(
      {
        kind: 'full-restore',
        database: name,
        by: caller,
        subject: filename,
        whenBusy: 'refuse',
        details: { keep_nothing: choice.keepNothing, documents: choice.withDocuments },
      },
      (job) =>
        this.restores
          .run(database, backup, choice, job)
          .then((outcome) => this.#report(backup, outcome, caller))
          .then((report) => {
            job.note({ undo: report.undo?.id ?? null, maintenance_ms: report.maintenanceMs });
            return answer(report);
          }),
    );
  }

  async #mustExist(backup: BackupEntity): Promise<void> {
    if (await this.whole.isToBeHad(backup)) return;
    throw new DomainError('not-found', 'The file of this backup is missing from the backup folder.');
  }

  async #report(
    backup: BackupEntity,
    { undo: location, ...more }: RestoreOutcome,
    caller: Caller,
  ): Promise<RestoreReport> {
    const undo =
      location === null ? null : await this.undos.record(backup.database, location, backup.filename, caller);
    return { ...more, backup, filepath: this.filepath(backup), restoredAt: this.clock.now(), undo };
  }

  async verify<T>(
    name: string,
    filename: string,
    wish: VerificationWish,
    caller: Caller,
    answer: (report: VerificationReport) => T,
  ): Promise<StartedJob<T>> {
    const backup = await this.catalog.get({ database: name }, filename);
    return this.verification.start(backup, wish, caller, answer);
  }

  /** Throws DomainError `not-found` for an unknown database. */
  async listUndos(name: string): Promise<UndoEntity[]> {
    return this.undos.list(this.databases.get(name).name);
  }

  async putBack<T>(
    name: string,
    id: string,
    caller: Caller,
    answer: (report: PutBackReport) => T,
  ): Promise<StartedJob<T>> {
    const database = this.databases.get(name);
    await this.undos.get(name, id);
    return this.jobs.start(
      { kind: 'put-back', database: name, by: caller, subject: id, whenBusy: 'refuse' },
      async (job) => {
        // Again, now that nobody else can use it up.
        const undo = await this.undos.get(name, id);
        const replaced = await this.restores.putBack(database, undo.location, job);
        await this.undos.markUsed(undo);
        const recorded = await this.undos.record(name, replaced.undo, undo.backupFilename, caller);
        job.note({ undo: recorded.id, maintenance_ms: replaced.maintenanceMs });
        return answer({ undo: recorded, maintenanceMs: replaced.maintenanceMs });
      },
    );
  }

  async dropUndo(name: string, id: string, caller: Caller): Promise<UndoEntity> {
    const undo = await this.undos.get(name, id);
    await this.undos.drop(undo, caller);
    return undo;
  }

  async cleanup(
    name: string,
    dryRun: boolean,
    caller: Caller,
  ): Promise<CleanupReport & { maxBackups: number }> {
    const { maxBackups } = this.databases.get(name);
    const apply = () => this.retention.apply({ database: name }, maxBackups, { dryRun, by: caller });
    const act = {
      by: caller,
      action: 'cleanup',
      database: name,
      details: { keep_newest: maxBackups },
    } as const;
    const report = await (dryRun ? apply() : this.audit.guard(act, apply));
    return { ...report, maxBackups };
  }

  /** The finished backup and the path of its file on this machine, for a download. */
  async file(
    name: string,
    filename: string,
    caller: Caller,
  ): Promise<{ backup: BackupEntity; path: string }> {
    const backup = await this.catalog.get({ database: name }, filename);
    const path = await this.whole.path(backup);
    const act = { by: caller, action: 'download-backup', database: name, subject: filename } as const;
    await this.audit.note({ ...act, often: true }, 'ok');
    return { backup, path };
  }

  async remove(name: string, filename: string, caller: Caller): Promise<BackupEntity> {
    const backup = await this.catalog.get({ database: name }, filename);
    await this.catalog.remove(backup, { by: caller, reason: 'asked for' });
    return backup;
  }

  directory(name: string): string {
    return this.catalog.folder({ database: name });
  }

  filepath(backup: BackupEntity): string {
    return this.storage.store.describe(backup.path);
  }
}
