import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { BackupKeeping } from '../catalog/backup-keeping.service.js';
import { Clock } from '../common/clock.js';
import { isDomainError } from '../common/errors.js';
import { CopyRows } from './copy-rows.service.js';

/** A place that is away keeps nobody waiting every two seconds. */
const askAgainMs = 600_000;

/** A pinned backup stays until the pin is taken off, here and, where the place can lock, there. */
@Injectable()
export class PinsService {
  readonly #log = new Logger('offsite');
  /** Places that did not answer, and until when they are left alone. */
  readonly #patience = new Map<string, number>();

  constructor(
    private readonly keeping: BackupKeeping,
    private readonly audit: AuditService,
    private readonly rows: CopyRows,
    private readonly clock: Clock,
  ) {}

  async pin(backup: BackupEntity, pinned: boolean, by: Actor): Promise<BackupEntity> {
    const { database, projectId, filename } = backup;
    const action = pinned ? 'pin-backup' : 'unpin-backup';
    const act = { by, action, database, projectId, subject: filename } as const;
    return this.audit.watch(act, () => this.keeping.pin(backup, pinned));
  }

  /** Tells the places of pins that were put on or taken off since. One that is away is told another time. */
  async tellPlaces(): Promise<void> {
    for (const { copy, pinned } of await this.rows.withOtherPin()) {
      if ((this.#patience.get(copy.place) ?? 0) > this.clock.monotonicMs()) continue;
      const place = this.rows.placeOf(copy);
      try {
        if (!(await place?.hold(copy.key, pinned)) && pinned) {
          this.#log.warn(
            `${copy.place} has no lock: nothing but Holdfast keeps the pinned ${copy.key} there`,
          );
        }
        await this.rows.markHeld(copy, pinned);
      } catch (error) {
        if (!isDomainError(error)) throw error;
        this.#patience.set(copy.place, this.clock.monotonicMs() + askAgainMs);
        this.#log.warn(`A pin is not known in ${copy.place} yet: ${error.detail}`);
      }
    }
  }
}
