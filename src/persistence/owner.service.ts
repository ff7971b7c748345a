import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { mkdirSync } from 'node:fs';
import { OwnerLock, sweepOwners } from '../common/owner-lock.js';
import { Settings } from '../config/settings.js';

/**
 * This process, as what it leaves in the catalogue and in the data folder names it: a later start marks as interrupted,
 * and sweeps, only what belongs to processes that are gone.
 */
@Injectable()
export class OwnerService implements OnApplicationShutdown {
  readonly #lock: OwnerLock;
  readonly id: string;
  /** Ids of processes that used this data folder and ended without a word. */
  readonly gone: readonly string[];

  constructor({ env }: Settings) {
    mkdirSync(env.HOLDFAST_DATA_DIR, { recursive: true, mode: 0o700 });
    this.gone = sweepOwners(env.HOLDFAST_DATA_DIR);
    this.#lock = OwnerLock.claim(env.HOLDFAST_DATA_DIR);
    this.id = this.#lock.id;
  }

  /** Of processes that share this data folder; `null` when nothing here says anything about it. */
  livesHere(owner: string): boolean | null {
    if (this.gone.includes(owner)) return false;
    return this.#lock.knows(owner) ? this.#lock.isAlive(owner) : null;
  }

  onApplicationShutdown(): void {
    this.#lock.release();
  }
}
