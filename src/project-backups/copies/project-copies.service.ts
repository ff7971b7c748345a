import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/auth.types.js';
import { BackupEntity } from '../../catalog/backup.entity.js';
import { CatalogService } from '../../catalog/catalog.service.js';
import { WholeBackups } from '../../catalog/whole-backups.service.js';
import { ArtefactsService } from '../../artefacts/artefacts.service.js';
import { DomainError } from '../../common/errors.js';
import { DatabasesService } from '../../databases/databases.service.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { StartedJob } from '../../jobs/jobs.types.js';
import { ProjectScopeService } from '../../project-scope/project-scope.service.js';
import type { CopyPreview, IdPair } from '../../project-scope/project-scope.types.js';
import { ProjectDirectory } from '../../projects/project-directory.service.js';
import type { RestorePlanEntity } from '../restore-plan.entity.js';
import { RestorePlansService } from '../restore-plans.service.js';
import { CopiesService } from './copies.service.js';
import type { CopyChoices } from './copy-choices.js';
import { ProjectCopyEntity } from './project-copy.entity.js';
import { type CopyOutcome, RunProjectCopy } from './run-project-copy.js';

export { copyChoicesOf } from './copy-choices.js';

export interface CopyReport extends CopyOutcome {
  backup: BackupEntity;
}

export interface CopyPreviewReport {
  preview: CopyPreview;
  backup: BackupEntity;
  plan: RestorePlanEntity;
}

export interface CopyRequest {
  filename: string;
  choices: CopyChoices;
  planId?: string | undefined;
  /** Gives the copy documents of its own, if the backup has any; true if left out. */
  withDocuments?: boolean;
}

/** New projects out of backups of others. The database's name and the original's id come first everywhere. */
@Injectable()
export class ProjectCopiesService {
  constructor(
    private readonly databases: DatabasesService,
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly artefacts: ArtefactsService,
    private readonly scope: ProjectScopeService,
    private readonly directory: ProjectDirectory,
    private readonly jobs: JobsService,
    private readonly plans: RestorePlansService,
    private readonly copying: RunProjectCopy,
    private readonly copies: CopiesService,
  ) {}

  async preview(
    name: string,
    projectId: string,
    { filename, choices }: CopyRequest,
    caller: Caller,
  ): Promise<CopyPreviewReport> {
    mustMakeProjects(caller);
    const backup = await this.catalog.get({ database: name, projectId }, filename);
    const preview = await this.copying.preview(this.databases.get(name), { backup, choices });
    return { preview, backup, plan: await this.plans.keep(backup, choices, preview.rowsDigest, caller.id) };
  }

  async start<T>(
    name: string,
    projectId: string,
    { filename, choices, planId, withDocuments = true }: CopyRequest,
    caller: Caller,
    answer: (report: CopyReport) => T,
  ): Promise<StartedJob<T>> {
    mustMakeProjects(caller);
    const backup = await this.catalog.get({ database: name, projectId }, filename);
    if (planId !== undefined) await this.plans.get(planId, backup, choices);
    const job = {
      kind: 'project-copy',
      database: name,
      projectId,
      by: caller,
      subject: filename,
      whenBusy: 'refuse',
    } as const;
    const database = this.databases.get(name);
    const order = { backup, caller, choices, withDocuments };
    return this.jobs.start(job, async (context) =>
      answer({ ...(await this.copying.run(database, order, context)), backup }),
    );
  }

  /** Newest first. What a dead process had begun is settled by what stands in the database. */
  async list(name: string, projectId: string): Promise<ProjectCopyEntity[]> {
    const copies = await this.copies.list(name, projectId);
    return Promise.all(copies.map((copy) => this.#settled(copy)));
  }

  async #settled(copy: ProjectCopyEntity): Promise<ProjectCopyEntity> {
    if (copy.finishedAt) return copy;
    const isThere = await this.directory.exists(copy.database, copy.newProjectId);
    return isThere ? this.copies.finish(copy) : copy;
  }

  /** Throws DomainError `not-found` when there is no such copy, or its backup is gone. */
  async map(name: string, projectId: string, id: string): Promise<AsyncGenerator<IdPair>> {
    const copy = await this.copies.get(name, projectId, id);
    const { backupFilename, functions, secret } = copy;
    const backup = await this.catalog.get({ database: name, projectId }, backupFilename);
    const manifest = await this.whole.manifest(backup, this.databases.get(name).engine.kind);
    return this.scope.idMap(await this.artefacts.open(backup.path, manifest), functions, secret);
  }
}

/** To make projects is the application's business; who runs the service may, and no admin of a single project. */
function mustMakeProjects({ role }: Caller): void {
  if (['admin', 'superadmin'].includes(role)) return;
  throw new DomainError('forbidden', `A copy is a new project: this needs the role admin; yours is ${role}.`);
}
