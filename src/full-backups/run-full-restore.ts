import { Injectable, Logger } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import type { StagedReplacement, StagedRestore, UndoLocation, WorkOptions } from '../engines/engine.types.js';
import type { JobContext } from '../jobs/jobs.types.js';

export interface RestoreOutcome {
  /** Null when nothing was to be kept. */
  undo: UndoLocation | null;
  notes: string[];
  /** For how long, in ms, the live database had to be left alone. */
  maintenanceMs: number;
}

type Kept = Omit<RestoreOutcome, 'maintenanceMs'>;

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
  ) {}

  /** `keepNothing`: live is broken, and gone afterwards. */
  run(
    database: RegisteredDatabase,
    backup: BackupEntity,
    keepNothing: boolean,
    job: JobContext,
  ): Promise<RestoreOutcome> {
    return this.catalog
      .holding(backup, async () => {
        job.phase('verify');
        const manifest = await this.whole.manifest(backup, database.engine.kind);
        return this.#locked(database, job, async (work) => {
          const source = {
            contents: manifest.contents,
            parts: manifest.parts,
            open: () => this.artefacts.open(backup.path, manifest),
          };
          return keepNothing
            ? this.#replace(await database.engine.stageReplacement(source, work))
            : this.#swap(await database.engine.stage(source, work));
        });
      })
      .then(({ result, maintenanceMs }) => ({ ...result, maintenanceMs }));
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

  /** Puts back what a restore replaced. */
  async putBack(
    database: RegisteredDatabase,
    undo: UndoLocation,
    job: JobContext,
  ): Promise<{ undo: UndoLocation; maintenanceMs: number }> {
    const put = await this.#locked(database, job, (work) => database.engine.putBack(undo, work));
    return { undo: put.result, maintenanceMs: put.maintenanceMs };
  }

  async #locked<T>(
    { engine }: RegisteredDatabase,
    job: JobContext,
    action: (work: WorkOptions) => Promise<T>,
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
