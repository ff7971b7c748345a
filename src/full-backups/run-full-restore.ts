import { Injectable, Logger } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import type { UndoLocation, WorkOptions } from '../engines/engine.types.js';
import type { JobContext } from '../jobs/jobs.types.js';

export interface RestoreOutcome {
  undo: UndoLocation;
  notes: string[];
}

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
    private readonly artefacts: ArtefactsService,
    private readonly exclusive: ExclusiveWorkService,
  ) {}

  run(database: RegisteredDatabase, backup: BackupEntity, job: JobContext): Promise<RestoreOutcome> {
    return this.catalog.holding(backup, async () => {
      job.phase('verify');
      const manifest = await this.artefacts.manifestOf(backup, database.engine.kind);
      await this.artefacts.verify(backup.path, manifest);
      return this.#locked(database, job, async (work) => {
        const source = {
          contents: manifest.contents,
          parts: manifest.parts,
          open: () => this.artefacts.open(backup.path, manifest),
        };
        const staged = await database.engine.stage(source, work);
        try {
          return { undo: await staged.swap(), notes: staged.notes };
        } finally {
          // The outcome is decided; what is left of the staging is swept by the next recovery.
          await staged
            .discard()
            .catch((error: unknown) => this.#log.warn({ msg: 'staging not removed yet', err: error }));
        }
      });
    });
  }

  /** Puts back what a restore replaced. */
  putBack(database: RegisteredDatabase, undo: UndoLocation, job: JobContext): Promise<UndoLocation> {
    return this.#locked(database, job, (work) => database.engine.putBack(undo, work));
  }

  #locked<T>(
    { engine }: RegisteredDatabase,
    job: JobContext,
    action: (work: WorkOptions) => Promise<T>,
  ): Promise<T> {
    return this.exclusive.run(
      { engine, lockWaitMs, signal: job.signal, onPhase: (phase) => job.phase(phase) },
      action,
    );
  }
}
