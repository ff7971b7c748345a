import { Injectable } from '@nestjs/common';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { DomainError } from '../common/errors.js';
import { shortId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
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
  constructor(
    private readonly catalog: CatalogService,
    private readonly artefacts: ArtefactsService,
    private readonly settings: Settings,
  ) {}

  run(database: RegisteredDatabase, backup: BackupEntity, job: JobContext): Promise<RestoreOutcome> {
    return this.catalog.holding(backup, async () => {
      job.phase('verify');
      const manifest = await this.artefacts.readManifest(backup.path);
      fits(database, backup, manifest);
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
          await staged.discard();
        }
      });
    });
  }

  /** Puts back what a restore replaced. */
  putBack(database: RegisteredDatabase, undo: UndoLocation, job: JobContext): Promise<UndoLocation> {
    return this.#locked(database, job, (work) => database.engine.putBack(undo, work));
  }

  async #locked<T>(
    { engine }: RegisteredDatabase,
    job: JobContext,
    action: (work: WorkOptions) => Promise<T>,
  ): Promise<T> {
    const workFolder = join(this.settings.env.HOLDFAST_DATA_DIR, 'work', job.id);
    const lock = await engine.lock(lockWaitMs);
    try {
      await mkdir(workFolder, { recursive: true, mode: 0o700 });
      return await action({
        id: shortId(),
        workFolder,
        signal: job.signal,
        onPhase: (phase) => job.phase(phase),
      });
    } finally {
      await rm(workFolder, { recursive: true, force: true });
      await lock.release();
    }
  }
}

/** The manifest must be this backup's, and of an engine that can take it. */
function fits({ engine }: RegisteredDatabase, backup: BackupEntity, manifest: Manifest): void {
  if (manifest.id !== backup.id || manifest.scope !== 'full' || manifest.filename !== backup.filename) {
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
