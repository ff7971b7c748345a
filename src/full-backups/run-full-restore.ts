import { Injectable, Logger } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import { DomainError } from '../common/errors.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import { DocumentRestores } from '../documents/document-restores.service.js';
import { type DocumentFacts, partialWarning } from '../documents/documents.types.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import type {
  Engine,
  RecoveryReport,
  StagedReplacement,
  StagedRestore,
  UndoLocation,
  WorkOptions,
} from '../engines/engine.types.js';
import type { JobContext } from '../jobs/jobs.types.js';

export interface RestoreOutcome {
  /** Null when nothing was to be kept. */
  undo: UndoLocation | null;
  notes: string[];
  /** What was restored of documents; null when there were none, or none were wanted. */
  documents: DocumentFacts | null;
  /** For how long, in ms, the live database had to be left alone. */
  maintenanceMs: number;
}

type Kept = Pick<RestoreOutcome, 'undo' | 'notes'>;

/** A restore does not queue behind other processes: who asks for it must see the state that it replaces. */
const lockWaitMs = 5_000;

/**
 * One restore: hash, staging, comparison, swap. Live data is not touched until the replacement is complete and checked
 * (invariant 3), and there is no other way to restore.
 */
@Injectable()
export class RunFullRestore {
  readonly #log = new Logger('restore');

  constructor(
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly artefacts: ArtefactsService,
    private readonly exclusive: ExclusiveWorkService,
    private readonly documents: DocumentRestores,
  ) {}

  /** `keepNothing`: live is broken, and gone afterwards. `withDocuments`: those of the backup, if it has any. */
  run(
    database: RegisteredDatabase,
    backup: BackupEntity,
    { keepNothing, withDocuments }: { keepNothing: boolean; withDocuments: boolean },
    job: JobContext,
  ): Promise<RestoreOutcome> {
    return this.catalog
      .holding(backup, async () => {
        job.phase('verify');
        const manifest = await this.whole.manifest(backup, database.engine.kind);
        const documents = withDocuments ? (manifest.documents ?? null) : null;
        const source = {
          contents: manifest.contents,
          parts: manifest.parts,
          open: () => this.artefacts.open(backup.path, manifest),
        };
        const { engine } = database;
        const exchange = async (work: WorkOptions) =>
          keepNothing
            ? this.#replace(await engine.stageReplacement(source, work))
            : this.#swap(await engine.stage(source, work));
        return this.#locked(database, job, async (work, { undos }) => {
          const staged =
            documents &&
            (await this.whole.reading(backup, () =>
              this.#stageDocuments(backup, documents, { engine, undos, keepNothing, job }),
            ));
          const exchanged = await this.documents.together(engine, staged, work, exchange);
          const partial = documents?.partial ? [partialWarning(documents.partial)] : [];
          return { ...exchanged, notes: [...exchanged.notes, ...partial], documents };
        });
      })
      .then(({ result, maintenanceMs }) => ({ ...result, maintenanceMs }));
  }

  async #stageDocuments(
    { database, projectId, path }: BackupEntity,
    documents: DocumentFacts,
    {
      engine,
      undos,
      keepNothing,
      job,
    }: { engine: Engine; undos: string[]; keepNothing: boolean; job: JobContext },
  ) {
    job.phase('documents');
    const rows = { undos, incarnation: await engine.incarnation(), keepNothing };
    const onBytes = (bytes: number) => job.advance({ bytes });
    const source = { database, projectId, path, documents };
    return this.documents.stage(source, rows, { signal: job.signal, onBytes });
  }

  #swap(staged: StagedRestore): Promise<Kept> {
    return this.#discarding(staged, async () => ({ undo: await staged.swap(), notes: staged.notes }));
  }

  #replace(staged: StagedReplacement): Promise<Kept> {
    return this.#discarding(staged, async () => {
      await staged.replace();
      return { undo: null, notes: staged.notes };
    });
  }

  async #discarding<T>(staged: { discard(): Promise<void> }, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } finally {
      // The outcome is decided; what is left of the staging is swept by the next recovery.
      await staged
        .discard()
        .catch((error: unknown) => this.#log.warn({ msg: 'staging not removed yet', err: error }));
    }
  }

  /**
   * Puts back what a restore replaced. Throws DomainError `not-found` for an undo that the database does not have: one of
   * another database that was registered under its name before leads to that one's data.
   */
  async putBack(
    database: RegisteredDatabase,
    undo: UndoLocation,
    job: JobContext,
  ): Promise<{ undo: UndoLocation; maintenanceMs: number }> {
    const { engine, name } = database;
    const put = await this.#locked(database, job, async (work, { undos }) => {
      if (!undos.includes(undo)) throw notHere();
      const rows = { undos, incarnation: await engine.incarnation(), keepNothing: false };
      const documents = await this.documents.openUndo(name, undo, rows);
      return this.documents.together(engine, documents, work, async (together) => ({
        undo: await engine.putBack(undo, together),
      }));
    });
    return { undo: put.result.undo, maintenanceMs: put.maintenanceMs };
  }

  async #locked<T>(
    { engine }: RegisteredDatabase,
    job: JobContext,
    action: (work: WorkOptions, recovered: RecoveryReport) => Promise<T>,
  ): Promise<{ result: T; maintenanceMs: number }> {
    let maintenanceMs = 0;
    const result = await this.exclusive.run(
      {
        engine,
        lockWaitMs,
        signal: job.signal,
        onPhase: (phase) => job.phase(phase),
        onMaintenance: (ms) => (maintenanceMs += ms),
      },
      action,
    );
    return { result, maintenanceMs };
  }
}

function notHere(): DomainError {
  return new DomainError(
    'not-found',
    'This database has no such undo: somebody has removed it, or it is of another database that had this name. Nothing was changed.',
  );
}
