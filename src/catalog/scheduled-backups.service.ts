import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { IsNull, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { OwnerService } from '../persistence/owner.service.js';
import { BackupEntity } from './backup.entity.js';
import { CatalogService } from './catalog.service.js';

const patienceMs = 10_000;
const pollMs = 250;

/** Backups that are in the catalogue before their turn comes. Each has the id of its job, and comes to an end with it. */
@Injectable()
export class ScheduledBackups {
  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly catalog: CatalogService,
    private readonly owner: OwnerService,
    private readonly clock: Clock,
  ) {}

  /**
   * Its turn has come; or it has come again, after a failure that may pass, or when who had begun is dead. Returns it as it
   * is now; throws DomainError `conflict` when it has ended meanwhile.
   */
  async begin({ id }: BackupEntity): Promise<BackupEntity> {
    const deadline = this.clock.monotonicMs() + patienceMs;
    for (;;) {
      const backup = await this.backups.findOneBy({ id });
      if (backup && (await this.#take(backup))) return this.backups.findOneByOrFail({ id });
      // Whoever settles what a dead process left is about to let go of it.
      const isTaken = backup?.status === 'running' && this.clock.monotonicMs() < deadline;
      if (!isTaken) throw new DomainError('conflict', 'This backup has ended before it could begin.');
      await sleep(pollMs);
    }
  }

  async #take({ id, status, owner, startedAt }: BackupEntity): Promise<boolean> {
    const isFree = status === 'scheduled' || owner === null || owner === this.owner.id;
    if (!isFree || !['scheduled', 'running'].includes(status)) return false;
    const seen = { id, status, owner: owner ?? IsNull() };
    const facts = {
      status: 'running' as const,
      owner: this.owner.id,
      startedAt: startedAt ?? this.clock.now(),
    };
    return (await this.backups.update(seen, facts)).affected === 1;
  }

  /** It was not let in: nobody was told of it, and it leaves nothing. */
  async withdraw({ id }: BackupEntity): Promise<void> {
    await this.backups.delete({ id, status: 'scheduled' });
  }

  /** Its job has ended, with this, and only who did that job may know. */
  async giveUp(id: string, error: unknown): Promise<void> {
    const backup = await this.backups.findOneBy({ id });
    if (backup) await this.catalog.fail(backup, error);
  }
}
