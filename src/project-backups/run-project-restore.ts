import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import { system } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import { Clock } from '../common/clock.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { DocumentFacts } from '../documents/documents.types.js';
import { ProjectDocuments } from '../documents/project-documents.service.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import type { UndoLocation } from '../engines/engine.types.js';
import type { JobContext } from '../jobs/jobs.types.js';
import { MaintenanceService } from '../maintenance/maintenance.service.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import type { FollowedTable, RestoreChoices, TableChanges } from '../project-scope/project-scope.types.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { RetentionService } from '../retention/retention.service.js';
import { mayFillShared } from './may-fill-shared.js';
import { type ProjectBackup, RunProjectBackup } from './run-project-backup.js';

export interface ProjectRestoreOrder {
  backup: BackupEntity;
  caller: Caller;
  choices: RestoreChoices;
  /** Of the rows that a preview saw; others are not replaced. Null without a preview. */
  plannedDigest: string | null;
  /** Restores the documents of the backup, too, if it has any and all of the project is restored. */
  withDocuments: boolean;
}

export interface ProjectRestoreOutcome {
  /** The project as it was before; null when it did not exist. */
  undo: BackupEntity | null;
  tables: ({ name: string } & TableChanges)[];
  whenEmpty: FollowedTable[];
  /** What was restored of documents; null when there were none, or none were wanted. */
  documents: DocumentFacts | null;
  /** For how long, in ms, the project's rows had to be left alone. */
  maintenanceMs: number;
}

type Restored = Omit<ProjectRestoreOutcome, 'undo'>;

/** The project as it was found. */
interface Before {
  undo: BackupEntity | null;
  rowsDigest: string | null;
}

interface DocumentWork {
  backup: BackupEntity;
  choices: RestoreChoices;
  documents: DocumentFacts;
  before: Before;
  undos: UndoLocation[];
  job: JobContext;
}

const lockWaitMs = 5_000;

const needless = { by: system, reason: 'the undo of a restore that changed nothing' };

/**
 * One project restore: hash, an undo of what is there, then one transaction that touches this project's rows only and
 * commits when a re-read equals the file.
 */
@Injectable()
export class RunProjectRestore {
  constructor(
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly artefacts: ArtefactsService,
    private readonly scope: ProjectScopeService,
    private readonly directory: ProjectDirectory,
    private readonly backups: RunProjectBackup,
    private readonly retention: RetentionService,
    private readonly exclusive: ExclusiveWorkService,
    private readonly maintenance: MaintenanceService,
    private readonly documents: ProjectDocuments,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  run(
    database: RegisteredDatabase,
    order: ProjectRestoreOrder,
    job: JobContext,
  ): Promise<ProjectRestoreOutcome> {
    const { backup, caller, plannedDigest } = order;
    return this.catalog.holding(backup, async () => {
      job.phase('verify');
      const manifest = await this.whole.manifest(backup, database.engine.kind);
      const undo = await this.#keepUndo(database, backup, caller, job);
      job.note({ undo: undo?.backup.filename ?? null });
      if (undo && plannedDigest !== null && undo.rowsDigest !== plannedDigest) {
        await this.catalog.remove(undo.backup, needless);
        throw planOutOfDate();
      }
      const expected = undo?.rowsDigest ?? plannedDigest;
      const before = { undo: undo?.backup ?? null, rowsDigest: expected };
      const restored = await this.#restore(database, order, manifest, before, job).catch(
        async (error: unknown) => {
          if (!undo) throw error;
          throw await this.#settleUndo(database, undo.backup, error);
        },
      );
      await this.retention.applyAfterSuccess(scopeOf(backup), database.maxProjectBackups);
      return { undo: undo?.backup ?? null, ...restored };
    });
  }

  /**
   * The undo of a restore that failed goes only when nothing was replaced for certain; otherwise it may be the last
   * copy of what was there, and the error says where it is. Returns the error to throw.
   */
  async #settleUndo(database: RegisteredDatabase, undo: BackupEntity, error: unknown): Promise<unknown> {
    if (isDomainError(error) && error.code !== 'database-unreachable') {
      await this.catalog.remove(undo, needless);
      return error;
    }
    await this.retention.applyAfterSuccess(scopeOf(undo), database.maxProjectBackups);
    if (!isDomainError(error)) return error;
    const kept = `What was there before is kept in ${undo.filename}.`;
    return new DomainError(error.code, `${error.detail} ${kept}`, { cause: error });
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
      keepUntil: daysAfter(this.clock.now(), this.settings.env.HOLDFAST_UNDO_DAYS),
      // No more: a restore in the night must not hang on a rehearsal of what it replaces.
      verify: 'readable' as const,
      keepNewest: null,
      // It is what is there, and the restore may be the cure.
      leaks: 'keep' as const,
    };
    return this.backups.run(database, request, job);
  }

  #restore(
    { engine, scopeRules, name }: RegisteredDatabase,
    { backup, choices, caller, withDocuments }: ProjectRestoreOrder,
    manifest: Manifest,
    before: Before,
    job: JobContext,
  ): Promise<Restored> {
    const onPhase = (phase: string) => job.phase(phase);
    const { signal } = job;
    return this.exclusive.run({ engine, lockWaitMs, signal, onPhase }, async ({ workFolder }, { undos }) => {
      const schema = await engine.rows.schema();
      const input = {
        schema,
        ...choices,
        plan: this.scope.plan(schema, scopeRules),
        fillsEmpty: mayFillShared(caller),
        rootKey: await this.directory.rootKey(name, scopeOf(backup).projectId),
        openFile: () => this.artefacts.open(backup.path, manifest),
        workFolder,
        expectedRowsDigest: before.rowsDigest,
        onPhase,
      };
      const exchange = (beforeCommit: () => Promise<void>) =>
        this.maintenance.during({ ...scopeOf(backup), reason: 'project-restore' }, () =>
          engine.rows.transaction(async (writer) => {
            const written = await this.scope.restore(writer, input);
            await beforeCommit();
            return written;
          }),
        );
      const documents = withDocuments && isWhole(choices) ? (manifest.documents ?? null) : null;
      const { result: restored, ms } = documents
        ? await this.#withDocuments({ backup, choices, documents, before, undos, job }, exchange)
        : await exchange(() => Promise.resolve());
      const tables = restored.tables.map(({ table, changes }) => ({ name: table.name, ...changes }));
      return { tables, whenEmpty: restored.whenEmpty, documents, maintenanceMs: ms };
    });
  }

  async #withDocuments<T>(
    { backup, choices, documents, before: { undo }, undos, job }: DocumentWork,
    exchange: (beforeCommit: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    job.phase('documents');
    await this.whole.documents(backup, documents);
    this.documents.mustBeWhole(undo?.contents?.documents);
    const source = { ...scopeOf(backup), path: backup.path, documents };
    const how = { mode: choices.mode, undos, keptAt: undo?.createdAt ?? null };
    const onBytes = (bytes: number) => job.advance({ bytes });
    return this.documents.restore(source, how, { signal: job.signal, onBytes }, exchange);
  }
}

/** Nobody can say which documents belong to a part of the rows. */
function isWhole({ tables, within }: RestoreChoices): boolean {
  return tables === undefined && within === undefined;
}

function daysAfter(begin: Date, days: number): Date {
  return new Date(begin.getTime() + days * 24 * 3_600_000);
}

function planOutOfDate(): DomainError {
  return new DomainError(
    'conflict',
    'The project has changed since the preview. Nothing was changed by the restore; make a new preview.',
  );
}

function scopeOf(backup: BackupEntity): { database: string; projectId: string } {
  return { database: backup.database, projectId: backup.projectId ?? '' };
}
