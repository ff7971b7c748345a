import { Injectable, Logger } from '@nestjs/common';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditService } from '../audit/audit.service.js';
import { type AuditDetails, system } from '../audit/audit.types.js';
import { shortId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { isDomainError } from '../common/errors.js';
import type { Engine, Exclusively, RecoveryReport, WorkOptions } from '../engines/engine.types.js';
import { MaintenanceService } from '../maintenance/maintenance.service.js';
import { OwnerService } from '../persistence/owner.service.js';
import { DatabasesService } from './databases.service.js';
import { RecoveryWatch } from './recovery-watch.service.js';

export interface ExclusiveWork {
  engine: Engine;
  /** How long to wait for another process's work on the same target. */
  lockWaitMs: number;
  signal?: AbortSignal;
  onPhase?: (phase: string) => void;
  /** Hears for how long, in ms, others had to leave the live database alone. */
  onMaintenance?: (ms: number) => void;
}

/** What has to be recovered with the rows of a database; throws a DomainError when it could not be. */
export type RecoverBeside = (engine: Engine, recovered: RecoveryReport) => Promise<void>;

/**
 * Work on a target that nobody else may work on (invariant 5): under the lock in the target itself, with a folder for
 * working files that is gone afterwards, and after whatever a crash interrupted has been brought to its end or back.
 * Moments in which others would see half of a change are announced.
 */
@Injectable()
export class ExclusiveWorkService {
  readonly #log = new Logger('recovery');
  readonly #beside: RecoverBeside[] = [];

  constructor(
    private readonly settings: Settings,
    private readonly owner: OwnerService,
    private readonly audit: AuditService,
    private readonly databases: DatabasesService,
    private readonly maintenance: MaintenanceService,
    private readonly watch: RecoveryWatch,
  ) {}

  /** Called under the lock, after the rows of the database are recovered. */
  afterRecovery(recover: RecoverBeside): void {
    this.#beside.push(recover);
  }

  async run<T>(
    { engine, lockWaitMs, signal, onPhase, onMaintenance }: ExclusiveWork,
    action: (work: WorkOptions, recovered: RecoveryReport) => Promise<T>,
  ): Promise<T> {
    const exclusively = this.#announcing(engine, onMaintenance);
    const lock = await engine.lock(lockWaitMs, signal);
    try {
      const options = { exclusively, ...(signal && { signal }), ...(onPhase && { onPhase }) };
      return await this.inFolder(options, async (work) => {
        const recovered = await this.#recover(engine, work);
        return action(work, recovered);
      });
    } finally {
      await lock.release();
    }
  }

  /** Shown while it really mends something, and from a failure on until it succeeds. */
  async #recover(engine: Engine, work: WorkOptions): Promise<RecoveryReport> {
    const announced = this.#announcing(engine);
    const exclusively: Exclusively = (moment) => {
      this.watch.begin(engine, 'An interrupted restore is being brought to its end or back.');
      return announced(moment);
    };
    try {
      const recovered = await engine.recover({ ...work, exclusively });
      this.watch.end(engine);
      for (const undo of recovered.putBack) {
        await this.#tell('An interrupted restore was put back', undo, { put_back: true });
      }
      for (const staging of recovered.broughtForward) {
        await this.#tell('An interrupted replacement was brought to its end', staging, {
          brought_forward: true,
        });
      }
      await this.#recoverBeside(engine, recovered);
      return recovered;
    } catch (error) {
      this.watch.begin(engine, `The recovery has not succeeded yet: ${sayWhy(error)}`);
      throw error;
    }
  }

  /** What stands beside the rows must not keep anybody from them: it is tried again, and said until then. */
  async #recoverBeside(engine: Engine, recovered: RecoveryReport): Promise<void> {
    for (const recover of this.#beside) {
      await recover(engine, recovered).catch((error: unknown) => {
        this.watch.begin(engine, `The recovery has not succeeded yet: ${sayWhy(error)}`);
        this.#log.error({ msg: 'what stands beside the rows was not recovered yet', err: error });
      });
    }
  }

  async #tell(what: string, subject: string, details: AuditDetails): Promise<void> {
    this.#log.warn(`${what}, from ${subject}`);
    await this.audit.note({ by: system, action: 'recovery', subject, details }, 'ok');
  }

  #announcing(engine: Engine, onMaintenance?: (ms: number) => void): Exclusively {
    const what = { database: this.databases.nameOf(engine), projectId: null, reason: 'exchange' } as const;
    return async (moment) => {
      const { result, ms } = await this.maintenance.during(what, moment);
      onMaintenance?.(ms);
      return result;
    };
  }

  /** Work that leaves the target alone: it has the folder, and no lock. */
  async inFolder<T>(
    options: Omit<WorkOptions, 'id' | 'workFolder'>,
    action: (work: WorkOptions) => Promise<T>,
  ): Promise<T> {
    const { id, workFolder } = await this.openFolder();
    try {
      return await action({ ...options, id, workFolder });
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  }

  /** A folder for working files, swept when this process is dead; while it lives, whoever asked removes it. */
  async openFolder(): Promise<Pick<WorkOptions, 'id' | 'workFolder'>> {
    const id = shortId();
    const workFolder = join(this.settings.env.HOLDFAST_DATA_DIR, 'work', `${this.owner.id}-${id}`);
    await mkdir(workFolder, { recursive: true, mode: 0o700 });
    return { id, workFolder };
  }
}

function sayWhy(error: unknown): string {
  return isDomainError(error) ? error.detail : 'the log has the reason.';
}
