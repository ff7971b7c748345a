import { Injectable, Logger } from '@nestjs/common';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditService } from '../audit/audit.service.js';
import { system } from '../audit/audit.types.js';
import { shortId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { OwnerService } from '../persistence/owner.service.js';
import type { Engine, RecoveryReport, UndoLocation, WorkOptions } from '../engines/engine.types.js';

export interface ExclusiveWork {
  engine: Engine;
  /** How long to wait for another process's work on the same target. */
  lockWaitMs: number;
  signal?: AbortSignal;
  onPhase?: (phase: string) => void;
}

/**
 * Work on a target that nobody else may work on (invariant 5): under the lock in the target itself, with a folder for
 * working files that is gone afterwards, and after whatever a crash interrupted has been brought to its end or back.
 */
@Injectable()
export class ExclusiveWorkService {
  readonly #log = new Logger('recovery');

  constructor(
    private readonly settings: Settings,
    private readonly owner: OwnerService,
    private readonly audit: AuditService,
  ) {}

  async run<T>(
    { engine, lockWaitMs, signal, onPhase }: ExclusiveWork,
    action: (work: WorkOptions, recovered: RecoveryReport) => Promise<T>,
  ): Promise<T> {
    const lock = await engine.lock(lockWaitMs, signal);
    try {
      return await this.inFolder({ ...(signal && { signal }), ...(onPhase && { onPhase }) }, async (work) => {
        const recovered = await engine.recover(work);
        for (const undo of recovered.putBack) await this.#tell(undo);
        return action(work, recovered);
      });
    } finally {
      await lock.release();
    }
  }

  async #tell(undo: UndoLocation): Promise<void> {
    this.#log.warn(`An interrupted restore was put back, from ${undo}`);
    const details = { put_back: true };
    await this.audit.note({ by: system, action: 'recovery', subject: undo, details }, 'ok');
  }

  /** Work that leaves the target alone: it has the folder, and no lock. */
  async inFolder<T>(
    options: Pick<WorkOptions, 'signal' | 'onPhase'>,
    action: (work: WorkOptions) => Promise<T>,
  ): Promise<T> {
    const id = shortId();
    const workFolder = join(this.settings.env.HOLDFAST_DATA_DIR, 'work', `${this.owner.id}-${id}`);
    await mkdir(workFolder, { recursive: true, mode: 0o700 });
    try {
      return await action({ ...options, id, workFolder });
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  }
}
