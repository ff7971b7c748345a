import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import type { BackupMethod, ListedBackup } from '../catalog/catalog.types.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { RecoveryWatch } from '../databases/recovery-watch.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { JobRequest, StartedJob } from '../jobs/jobs.types.js';
import { MaintenanceService } from '../maintenance/maintenance.service.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { ScopeCoverage } from '../projects/scope-coverage.service.js';
import { StorageService } from '../storage/storage.service.js';
import { VerificationService } from '../verification/verification.service.js';
import type { VerificationReport, VerificationWish } from '../verification/verification.types.js';
import { PreviewProjectRestore } from './preview-project-restore.js';
import type {
  ProjectBackupStatus,
  ProjectPreviewReport,
  ProjectRestoreReport,
} from './project-backups.types.js';
import type { RestoreChoices } from '../project-scope/project-scope.types.js';
import { sayChoices } from './restore-choices.js';
import { RestorePlansService } from './restore-plans.service.js';
import { RunProjectBackup } from './run-project-backup.js';
import { RunProjectRestore } from './run-project-restore.js';

export interface RestoreRequest {
  filename: string;
  /** All of it, `exact`, if left out. */
  choices?: RestoreChoices;
}

export interface ProjectRestoreRequest extends RestoreRequest {
  planId?: string | undefined;
  withDocuments?: boolean;
}

const everything: RestoreChoices = { mode: 'exact' };

/** Backups of one project. The database's name and the project's id come first everywhere. */
@Injectable()
export class ProjectBackupsService {
  constructor(
    private readonly databases: DatabasesService,
    private readonly directory: ProjectDirectory,
    private readonly jobs: JobsService,
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly storage: StorageService,
    private readonly verification: VerificationService,
    private readonly scope: ProjectScopeService,
    private readonly coverage: ScopeCoverage,
    private readonly backups: RunProjectBackup,
    private readonly restores: RunProjectRestore,
    private readonly previews: PreviewProjectRestore,
    private readonly plans: RestorePlansService,
    private readonly audit: AuditService,
    private readonly maintenance: MaintenanceService,
    private readonly watch: RecoveryWatch,
  ) {}

  /** Waits for its turn while something else runs on the database. `answer` says what the job answers. */
  async create<T>(
    name: string,
    projectId: string,
    description: string | null,
    by: Actor,
    answer: (backup: BackupEntity) => T | Promise<T>,
    { method = 'manual', ...more }: { method?: BackupMethod } & Pick<JobRequest, 'id' | 'persistent'> = {},
  ): Promise<StartedJob<T>> {
    const database = this.databases.get(name);
    const project = await this.directory.find(name, projectId);
    if (!project) throw await this.#unknownProject(name);
    const request = {
      project,
      description,
      method,
      createdBy: by.id,
      createdByName: by.name,
      keepNewest: database.maxProjectBackups,
      leaks: 'refuse' as const,
    };
    const job = {
      kind: 'project-backup',
      database: name,
      projectId,
      by,
      whenBusy: 'wait',
      ...more,
    } as const;
    return this.jobs.start(job, async (context) =>
      answer((await this.backups.run(database, request, context)).backup),
    );
  }

  async list(
    name: string,
    projectId: string,
    page: { offset: number; limit: number; oldestFirst?: boolean },
  ): Promise<[ListedBackup[], number]> {
    const found = await this.catalog.list({ database: name, projectId }, page);
    if (found[1] === 0) await this.#mustExist(name, projectId);
    return found;
  }

  async status(name: string, projectId: string): Promise<ProjectBackupStatus> {
    const database = this.databases.get(name);
    const { maxProjectBackups, engine } = database;
    const storage = await this.storage.store.health();
    const unlisted = await this.catalog.unlisted({ database: name, projectId });
    const stats = await this.catalog.stats({ database: name, projectId });
    const problems: string[] = [];
    const scope = await this.maintenance
      .pass(name)
      .then(() => engine.rows.schema())
      .then((schema) => this.coverage.of(database, schema))
      .catch((error: unknown) => {
        if (!isDomainError(error)) throw error;
        problems.push(error.detail);
        return null;
      });
    if (stats.count === 0 && scope) await this.#mustExist(name, projectId);
    return {
      directory: this.folder(name, projectId),
      storage,
      maxBackups: maxProjectBackups,
      stats,
      unlisted,
      scope,
      problems,
      recovering: this.watch.of(engine),
      maintenance: await this.maintenance.current(name, projectId),
    };
  }

  /** A project whose row is gone keeps its backups, and can be restored from them. */
  async #mustExist(name: string, projectId: string): Promise<void> {
    if (!(await this.directory.exists(name, projectId))) throw await this.#unknownProject(name);
  }

  /** Without a usable table of projects every project is unknown; then that is what has to be said. */
  async #unknownProject(name: string): Promise<DomainError> {
    const { engine, scopeRules } = this.databases.get(name);
    const schema = await engine.rows.schema();
    try {
      this.scope.plan(schema, scopeRules);
    } catch (error) {
      if (isDomainError(error)) return new DomainError('not-found', error.detail, { cause: error });
      throw error;
    }
    return new DomainError('not-found', 'There is no such project, or you may not see it.');
  }

  /** What a restore would do; it can be held to it by `plan.id`. */
  async preview(
    name: string,
    projectId: string,
    { filename, choices = everything }: RestoreRequest,
    caller: Caller,
  ): Promise<ProjectPreviewReport> {
    const database = this.databases.get(name);
    const { backup } = await this.#find(name, projectId, filename);
    const preview = await this.previews.run(database, backup, choices, caller);
    const plan = await this.plans.keep(backup, choices, preview.rowsDigest, caller.id);
    return { preview, backup, plan };
  }

  async restore<T>(
    name: string,
    projectId: string,
    { filename, planId, choices = everything, withDocuments = true }: ProjectRestoreRequest,
    caller: Caller,
    answer: (report: ProjectRestoreReport) => T,
  ): Promise<StartedJob<T>> {
    const database = this.databases.get(name);
    const { backup } = await this.#find(name, projectId, filename);
    const plan = planId === undefined ? null : await this.plans.get(planId, backup, choices);
    const job = {
      kind: 'project-restore',
      database: name,
      projectId,
      by: caller,
      subject: filename,
      details: sayChoices(choices),
      whenBusy: 'refuse',
    } as const;
    const order = { backup, caller, choices, plannedDigest: plan?.rowsDigest ?? null, withDocuments };
    return this.jobs.start(job, async (context) =>
      answer({ ...(await this.restores.run(database, order, context)), backup, choices }),
    );
  }

  async verify<T>(
    name: string,
    projectId: string,
    filename: string,
    wish: VerificationWish,
    caller: Caller,
    answer: (report: VerificationReport) => T,
  ): Promise<StartedJob<T>> {
    const backup = await this.catalog.get({ database: name, projectId }, filename);
    return this.verification.start(backup, wish, caller, answer);
  }

  /** The finished backup and the path of its file on this machine. Another project's is `not-found`. */
  async file(
    name: string,
    projectId: string,
    filename: string,
    caller: Caller,
  ): Promise<{ backup: BackupEntity; path: string }> {
    const found = await this.#find(name, projectId, filename);
    const act = {
      by: caller,
      action: 'download-backup',
      database: name,
      projectId,
      subject: filename,
    } as const;
    await this.audit.note({ ...act, often: true }, 'ok');
    return found;
  }

  /** Another project's is `not-found`. */
  async #find(name: string, projectId: string, filename: string) {
    const backup = await this.catalog.get({ database: name, projectId }, filename);
    return { backup, path: await this.whole.path(backup) };
  }

  async remove(name: string, projectId: string, filename: string, caller: Caller): Promise<BackupEntity> {
    const backup = await this.catalog.get({ database: name, projectId }, filename);
    await this.catalog.remove(backup, { by: caller, reason: 'asked for' });
    return backup;
  }

  folder(name: string, projectId: string): string {
    return this.catalog.folder({ database: name, projectId });
  }

  filepath(backup: BackupEntity): string {
    return this.storage.store.describe(backup.path);
  }
}
