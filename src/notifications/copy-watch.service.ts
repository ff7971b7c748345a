import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DatabasesService } from '../databases/databases.service.js';
import { CopyStats, type FailingCopies } from '../offsite/copy-stats.service.js';
import { Outbox } from './outbox.service.js';

/** Notices copies that cannot be made: each day anew for a place, as long as it lasts. */
@Injectable()
export class CopyWatch {
  constructor(
    private readonly copies: CopyStats,
    private readonly databases: DatabasesService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async look(): Promise<void> {
    for (const failing of await this.copies.failing()) await this.#tell(failing);
  }

  async #tell({ place, database: name, projectId, count, fault }: FailingCopies): Promise<void> {
    const id = this.databases.idOf(name);
    if (id === null) return;
    const now = this.clock.now();
    const day = now.toISOString().slice(0, 10);
    const what = count === 1 ? 'A copy' : `${count} copies`;
    await this.outbox.add(`copies:${id}:${projectId ?? ''}:${place}:${day}`.slice(0, 190), {
      database: { id, name },
      projectId,
      type: 'copy.failed',
      occurredAt: now,
      message: `${what} could not be made in ${place}, and will be tried again: ${fault.detail}`,
      details: { error: fault },
    });
  }
}
