import { Injectable, Logger } from '@nestjs/common';
import { type Actor, system } from '../audit/audit.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import type { ScopeKey } from '../catalog/catalog.types.js';
import { StorageService } from '../storage/storage.service.js';
import { type Decision, plan } from './plan.js';
import type { CleanupReport } from './retention.types.js';

/** Keeps the newest N of a scope: plans purely, then acts. */
@Injectable()
export class RetentionService {
  readonly #log = new Logger('retention');

  constructor(
    private readonly catalog: CatalogService,
    private readonly storage: StorageService,
  ) {}

  /**
   * Removes what the plan says, or with `dryRun` only tells it. A failure to list or to remove is thrown, never taken
   * for "nothing there".
   */
  async apply(
    scope: ScopeKey,
    keepNewest: number,
    { dryRun = false, by = system }: { dryRun?: boolean; by?: Actor } = {},
  ): Promise<CleanupReport> {
    const backups = await this.catalog.all(scope);
    const decisions = plan(await this.#candidates(backups), { keepNewest });
    const byId = new Map(backups.map((backup) => [backup.id, backup]));
    const reason = `older than the newest ${keepNewest}`;
    const removed = decisions.flatMap(({ id, action }) =>
      action === 'remove' ? [byId.get(id) as BackupEntity] : [],
    );
    if (!dryRun) for (const backup of removed) await this.catalog.remove(backup, { by, reason });
    return {
      before: backups.length,
      removed: removed.length,
      bytesFreed: removed.reduce((sum, { size }) => sum + (size ?? 0), 0),
      decisions: decisions.map((decision) => ({ ...decision, filename: nameOf(byId, decision) })),
    };
  }

  /** As `apply` after a success: a cleanup that fails must not make the backup look failed. */
  async applyAfterSuccess(scope: ScopeKey, keepNewest: number): Promise<void> {
    try {
      await this.apply(scope, keepNewest);
    } catch (error) {
      this.#log.error({ msg: 'old backups could not be removed', err: error });
    }
  }

  async #candidates(backups: BackupEntity[]) {
    const held = await this.catalog.heldIds();
    const candidates = [];
    for (const backup of backups) {
      const file = await this.storage.store.stat(backup.path);
      candidates.push({
        id: backup.id,
        ordinal: backup.ordinal,
        found: backup.origin === 'found',
        good: file !== null && file.bytes === backup.size,
        pinned: Boolean(backup.pinned),
        inUse: held.has(backup.id),
        copying: false,
      });
    }
    return candidates;
  }
}

function nameOf(byId: Map<string, BackupEntity>, { id }: Decision): string {
  return byId.get(id)?.filename ?? '';
}
