import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Actor, system } from '../audit/audit.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { BackupKeeping } from '../catalog/backup-keeping.service.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { Elsewhere } from '../catalog/elsewhere.types.js';
import { ProjectUndosService } from '../catalog/project-undos.service.js';
import { type FileState, reaches, type ScopeKey } from '../catalog/catalog.types.js';
import { Clock } from '../common/clock.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import { BlobSweep } from '../documents/blob-sweep.service.js';
import { VerificationService } from '../verification/verification.service.js';
import { type Candidate, plan } from './plan.js';
import { newest, type Policy, policiesOf } from './policy.js';
import { type CleanupReport, RetentionPolicies, type ScheduledRetention } from './retention.types.js';

const sweepEveryMs = 3_600_000;

export interface CleanupOptions {
  dryRun?: boolean;
  by?: Actor;
  /** Instead of the schedules that the scope has; for a dry run of what is not saved yet. */
  schedules?: readonly ScheduledRetention[];
}

/** Keeps of a scope what its policies keep: plans purely, then acts. */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger('retention');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly catalog: CatalogService,
    private readonly keeping: BackupKeeping,
    private readonly elsewhere: Elsewhere,
    private readonly undos: ProjectUndosService,
    private readonly verification: VerificationService,
    private readonly blobs: BlobSweep,
    private readonly policies: RetentionPolicies,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Removes what neither the newest N of the database nor a policy of the scope's schedules keeps, or with `dryRun` only
   * tells it. What nobody has verified yet is verified first, also for a dry run. A failure to list, to verify or to
   * remove is thrown, never taken for "nothing there".
   */
  async apply(
    scope: ScopeKey,
    keepNewest: number,
    { dryRun = false, by = system, schedules }: CleanupOptions = {},
  ): Promise<CleanupReport> {
    const policies = policiesOf(keepNewest, schedules ?? (await this.policies.of(scope)));
    return this.#clean(scope, policies, dryRun, by);
  }

  async #clean(
    scope: ScopeKey,
    policies: readonly Policy[],
    dryRun: boolean,
    by: Actor,
  ): Promise<CleanupReport> {
    const backups = await this.catalog.all(scope);
    const byId = new Map(backups.map((backup) => [backup.id, backup]));
    const candidates = await this.#candidates(backups);
    const planned = plan(candidates, policies, this.clock.now(), this.#copiesKeptMs);
    const decisions = planned.map((decision) => ({
      ...decision,
      backup: byId.get(decision.id) as BackupEntity,
    }));
    const removals = decisions.filter(({ action }) => action !== 'keep');
    if (!dryRun) {
      for (const { backup, action, reasons } of removals) {
        const removal = { by, reason: reasons.join('; ') };
        await (action === 'release'
          ? this.keeping.leaveElsewhere(backup, removal)
          : this.catalog.remove(backup, removal));
      }
    }
    return {
      before: backups.length,
      removed: removals.length,
      bytesFreed: removals.reduce((sum, { backup }) => sum + (backup.size ?? 0), 0),
      decisions,
    };
  }

  get #copiesKeptMs(): number | null {
    const { HOLDFAST_COPIES_KEEP_DAYS: days } = this.settings.env;
    return days === undefined ? null : days * 86_400_000;
  }

  /** As `apply` after a success: a cleanup that fails must not make the backup look failed. */
  async applyAfterSuccess(scope: ScopeKey, keepNewest: number): Promise<void> {
    try {
      await this.apply(scope, keepNewest);
    } catch (error) {
      this.#log.error({ msg: 'old backups could not be removed', err: error });
    }
  }

  onApplicationBootstrap(): void {
    if (!this.settings.keepsHouse) return;
    this.#timer = setInterval(() => void this.#sweep(), sweepEveryMs);
    this.#timer.unref();
    void this.#sweep();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #sweep(): Promise<void> {
    await this.sweepUndos();
    await this.blobs.sweep().catch((error: unknown) => {
      this.#log.warn({ msg: 'contents of documents that no backup names were not removed yet', err: error });
    });
  }

  /** Removes the undos of project restores whose time is over, and nothing else. */
  async sweepUndos(): Promise<void> {
    try {
      for (const scope of await this.undos.scopesOfExpired(this.clock.now())) {
        await this.#clean(scope, [newest(Number.POSITIVE_INFINITY)], false, system);
      }
    } catch (error) {
      this.#log.warn({ msg: 'undos whose time is over were not removed yet', err: error });
    }
  }

  async #candidates(backups: BackupEntity[]): Promise<Candidate[]> {
    const faults = new Map<string, Candidate['fault']>();
    const states = await this.catalog.withStates(backups);
    for (const { backup, state } of states) faults.set(backup.id, await this.#faultOf(backup, state));
    // Afterwards: what was verified only now is to be copied, too.
    const [held, copying] = await Promise.all([this.catalog.heldIds(), this.elsewhere.underWay()]);
    const candidates: Candidate[] = [];
    for (const { backup, state, copies } of states) {
      const isCopied = copies.some(({ isGood }) => isGood);
      candidates.push({
        id: backup.id,
        ordinal: backup.ordinal,
        createdAt: backup.createdAt,
        bytes: backup.size ?? 0,
        method: backup.method,
        level: backup.verifiedLevel,
        fault: faults.get(backup.id) ?? null,
        found: backup.origin === 'found',
        pinned: Boolean(backup.pinned),
        keepUntil: backup.keepUntil,
        inUse: held.has(backup.id),
        copying: copying.has(backup.id),
        copied: !isCopied ? 'no' : state === 'elsewhere' ? 'only' : 'also',
      });
    }
    return candidates;
  }

  /**
   * A file that was verified and looks as it did is not read again each time; all others are, but for those that do not
   * count anyhow.
   */
  async #faultOf(backup: BackupEntity, state: FileState): Promise<Candidate['fault']> {
    if (state === 'missing') return 'missing';
    if (state === 'elsewhere') return backup.damage === null ? null : 'damaged';
    if (state === 'unavailable') {
      throw new DomainError(
        'storage-unavailable',
        'The backup folder cannot be used, so nothing was removed. Check that it exists and that the service may read it.',
      );
    }
    const known = state === 'present' && reaches(backup.verifiedLevel, 'readable');
    if (!known && backup.damage === null && backup.origin !== 'found') await this.#verify(backup);
    return backup.damage === null ? null : 'damaged';
  }

  /** Puts what is found into `backup`. One that belongs to another kind of database stays as it is: not verified. */
  async #verify(backup: BackupEntity): Promise<void> {
    try {
      await this.verification.verify(backup, 'readable');
    } catch (error) {
      const isAnswer = isDomainError(error) && ['artefact-damaged', 'artefact-unfit'].includes(error.code);
      if (!isAnswer) throw error;
    }
  }
}
