import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import { BackupPipelineService } from '../backup-pipeline/backup-pipeline.service.js';
import type { Production } from '../backup-pipeline/backup-pipeline.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import { Clock } from '../common/clock.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { BackupDocuments } from '../documents/documents.types.js';
import type { WorkOptions } from '../engines/engine.types.js';
import type { JobContext } from '../jobs/jobs.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { ScopeCoverage } from '../projects/scope-coverage.service.js';
import { mustBeComplete } from './must-be-complete.js';
import { projectHeader, projectOrder, type ProjectOrderRequest } from './project-order.js';
import { ProjectProduction } from './project-production.js';

/** A project out of a full backup, which is loaded beside the live database for that; live is not touched. */
@Injectable()
export class RunProjectExtraction {
  constructor(
    private readonly pipeline: BackupPipelineService,
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly artefacts: ArtefactsService,
    private readonly scope: ProjectScopeService,
    private readonly coverage: ScopeCoverage,
    private readonly directory: ProjectDirectory,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `not-found` when the full backup does not hold the project; else as a restore and a backup do. */
  run(
    database: RegisteredDatabase,
    full: BackupEntity,
    request: ProjectOrderRequest,
    job: JobContext,
  ): Promise<BackupEntity> {
    const now = this.clock.now();
    const order = {
      ...projectOrder(database, request, now, this.settings.env),
      produce: (work: WorkOptions) => this.#produce(database, full, request, now, work),
    };
    return this.catalog.holding(full, () =>
      this.pipeline.run(order, job).catch((error: unknown) => {
        if (!isDomainError(error) || error.code !== 'not-found') throw error;
        const detail = `The backup ${full.filename} does not hold this project. Use another one.`;
        throw new DomainError('not-found', detail, { cause: error });
      }),
    );
  }

  async #produce(
    database: RegisteredDatabase,
    full: BackupEntity,
    request: ProjectOrderRequest,
    now: Date,
    work: WorkOptions,
  ): Promise<Production> {
    const { engine, name, scopeRules } = database;
    const manifest = await this.whole.manifest(full, engine.kind);
    const source = {
      contents: manifest.contents,
      parts: manifest.parts,
      open: () => this.artefacts.open(full.path, manifest),
    };
    const unpacked = await engine.unpack(source, work);
    try {
      const { rows } = unpacked;
      // The tables are those of then, which nobody can accept any more: what is not in the accepted scope is only said.
      const covered = await this.coverage.of(database, await rows.schema());
      mustBeComplete(scopeRules, covered.plan);
      const rootKey = await this.directory.rootKey(name, request.project.id);
      const header = projectHeader(database, request, now, covered.plan);
      const serverVersion = manifest.server_version;
      const exporting = {
        rows,
        rules: scopeRules,
        covered,
        rootKey,
        serverVersion,
        header,
        leaks: 'refuse' as const,
      };
      const production = new ProjectProduction(this.scope, exporting, work);
      const documentsOf = await this.#documentsOf(full, manifest);
      return {
        ...(documentsOf && { documentsOf }),
        parts: production.parts,
        serverVersion,
        toolVersion: production.toolVersion,
        finish: () => production.finish(),
        abort: async () => {
          await production.abort();
          await unpacked.discard();
        },
      };
    } catch (error) {
      await unpacked.discard();
      throw error;
    }
  }

  /** Brought back as far as can be had; what cannot makes the backup partial, and keeps no rows back. */
  async #documentsOf(full: BackupEntity, { documents: facts }: Manifest): Promise<BackupDocuments | null> {
    if (!facts) return null;
    await this.whole.documents(full, facts).catch((error: unknown) => {
      if (!isDomainError(error)) throw error;
    });
    return { artefact: full.path, facts };
  }
}
