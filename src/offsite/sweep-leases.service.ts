import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThanOrEqual, MoreThan, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import { PlaceSweepEntity } from './place-sweep.entity.js';

const leaseMs = 60_000;

/** Keeps sweeping a place and copying to it apart, in whichever processes. */
@Injectable()
export class SweepLeases {
  constructor(
    @InjectRepository(PlaceSweepEntity) private readonly leases: Repository<PlaceSweepEntity>,
    private readonly clock: Clock,
  ) {}

  /** Null when another process is at it. */
  async during<T>(place: string, work: () => Promise<T>): Promise<T | null> {
    await this.leases.delete({ place, heldUntil: LessThanOrEqual(this.clock.now()) });
    try {
      await this.leases.insert({ place, heldUntil: this.#end() });
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
    const renewal = setInterval(
      () => void this.leases.update({ place }, { heldUntil: this.#end() }).catch(() => undefined),
      leaseMs / 3,
    );
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      // What could not be removed ends by itself.
      await this.leases.delete({ place }).catch(() => undefined);
    }
  }

  isHeld(place: string): Promise<boolean> {
    return this.leases.existsBy({ place, heldUntil: MoreThan(this.clock.now()) });
  }

  #end(): Date {
    return new Date(this.clock.now().getTime() + leaseMs);
  }
}
