import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, MoreThan, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { OwnerService } from '../persistence/owner.service.js';
import { BackupHoldEntity } from './backup-hold.entity.js';

const leaseMs = 60_000;

/**
 * Backups that are being read. In the catalogue, because another process may want to remove them; as leases, because
 * the one that reads may die.
 */
@Injectable()
export class HoldsService implements OnModuleInit {
  constructor(
    @InjectRepository(BackupHoldEntity) private readonly holds: Repository<BackupHoldEntity>,
    private readonly owner: OwnerService,
    private readonly clock: Clock,
  ) {}

  /** Who is known to be dead reads no more; of others only their lease tells. */
  async onModuleInit(): Promise<void> {
    await this.holds.delete({ owner: In([...this.owner.gone]) });
  }

  async during<T>(backupId: string, work: () => Promise<T>): Promise<T> {
    const hold = await this.holds.save({ backupId, owner: this.owner.id, heldUntil: this.#end() });
    const renewal = setInterval(
      () => void this.holds.update(hold.seq, { heldUntil: this.#end() }).catch(() => undefined),
      leaseMs / 3,
    );
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      // What could not be removed ends by itself.
      await this.holds.delete(hold.seq).catch(() => undefined);
    }
  }

  async isHeld(backupId: string): Promise<boolean> {
    return this.holds.existsBy({ backupId, heldUntil: MoreThan(this.clock.now()) });
  }

  async heldIds(): Promise<Set<string>> {
    await this.holds.delete({ heldUntil: LessThan(this.clock.now()) });
    return new Set((await this.holds.find()).map(({ backupId }) => backupId));
  }

  #end(): Date {
    return new Date(this.clock.now().getTime() + leaseMs);
  }
}
