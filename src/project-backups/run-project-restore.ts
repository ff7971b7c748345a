import { Injectable } from '@nestjs/common';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import type { Caller } from '../auth/auth.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { DomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { JobContext } from '../jobs/jobs.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { RetentionService } from '../retention/retention.service.js';
import { type ProjectBackup, RunProjectBackup } from './run-project-backup.js';

export interface ProjectRestoreOutcome {
  /** The project as it was before; null when it did not exist. */
  undo: BackupEntity | null;
  tables: {
    name: string;
    rows: number;
    added: number;
    changed: number;
    removed: number;
    unchanged: number;
  }[];
}

const lockWaitMs = 5_000;

/**
 * One project restore: hash, an undo of what is there, then one transaction that touches this project's rows only and
 * commits when a re-read equals the file.
 */
@Injectable()
export class RunProjectRestore {
  constructor(
    private readonly catalog: CatalogService,
    private readonly artefacts: ArtefactsService,
    private readonly scope: ProjectScopeService,
    private readonly directory: ProjectDirectory,
    private readonly backups: RunProjectBackup,
    private readonly retention: RetentionService,
    private readonly settings: Settings,
  ) {}

  run(
    database: RegisteredDatabase,
    backup: BackupEntity,
    caller: Caller,
    job: JobContext,
  ): Promise<ProjectRestoreOutcome> {
    return this.catalog.holding(backup, async () => {
      job.phase('verify');
      const manifest = await this.artefacts.readManifest(backup.path);
      fits(database, backup, manifest);
      await this.artefacts.verify(backup.path, manifest);
      const undo = await this.#keepUndo(database, backup, caller, job);
      try {
        const tables = await this.#restore(database, backup, manifest, undo?.rowsDigest ?? null, job);
        await this.retention.applyAfterSuccess(scopeOf(backup), database.maxProjectBackups);
        return { undo: undo?.backup ?? null, tables };
      } catch (error) {
        // Nothing was replaced, so there is nothing to put back.
        if (undo) await this.retention.remove(undo.backup);
        throw error;
      }
    });
  }

  async #keepUndo(
    database: RegisteredDatabase,
    backup: BackupEntity,
    caller: Caller,
    job: JobContext,
  ): Promise<ProjectBackup | null> {
    const project = await this.directory.find(database.name, scopeOf(backup).projectId);
    if (!project) return null;
    const description = `As it was before the restore of ${backup.filename}`;
    const request = {
      project,
      description,
      createdBy: caller.id,
      createdByName: caller.name,
      keepNewest: null,
    };
    return this.backups.run(database, request, job);
  }

  async #restore(
    database: RegisteredDatabase,
    backup: BackupEntity,
    manifest: Manifest,
    expectedRowsDigest: string | null,
    job: JobContext,
  ): Promise<ProjectRestoreOutcome['tables']> {
    const { engine, projectTable, name } = database;
    const workFolder = join(this.settings.env.HOLDFAST_DATA_DIR, 'work', job.id);
    const lock = await engine.lock(lockWaitMs);
    try {
      await mkdir(workFolder, { recursive: true, mode: 0o700 });
      const schema = await engine.rows.schema();
      const input = {
        schema,
        plan: this.scope.plan(schema, projectTable),
        rootKey: await this.directory.rootKey(name, scopeOf(backup).projectId),
        openFile: () => this.artefacts.open(backup.path, manifest),
        workFolder,
        expectedRowsDigest,
        onPhase: (phase: string) => job.phase(phase),
      };
      const restored = await engine.rows.transaction((writer) => this.scope.restore(writer, input));
      return restored.map(({ table, changes }) => ({
        name: table.name,
        rows: changes.added + changes.changed + changes.unchanged,
        ...changes,
      }));
    } finally {
      await rm(workFolder, { recursive: true, force: true });
      await lock.release();
    }
  }
}

function scopeOf(backup: BackupEntity): { database: string; projectId: string } {
  return { database: backup.database, projectId: backup.projectId ?? '' };
}

function fits({ engine }: RegisteredDatabase, backup: BackupEntity, manifest: Manifest): void {
  const same =
    manifest.id === backup.id && manifest.scope === 'project' && manifest.project_id === backup.projectId;
  if (!same) {
    throw new DomainError(
      'artefact-damaged',
      'The manifest beside the backup belongs to another one. Nothing was changed.',
    );
  }
  if (manifest.engine !== engine.kind) {
    throw new DomainError(
      'artefact-unfit',
      `The backup was made from ${manifest.engine}, the database is ${engine.kind}. Nothing was changed.`,
    );
  }
}
