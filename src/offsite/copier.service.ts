import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { BackupHistory } from '../catalog/backup-history.service.js';
import { CatalogService } from '../catalog/catalog.service.js';
import type { BackupFault } from '../catalog/catalog.types.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { Repetition } from '../common/repetition.js';
import { SharedFlight } from '../common/shared-flight.js';
import { Settings } from '../config/settings.js';
import { StorageService } from '../storage/storage.service.js';
import { CopyRows } from './copy-rows.service.js';
import type { OffsiteCopy } from './offsite-copy.entity.js';
import { OffsiteDiscovery } from './offsite-discovery.service.js';
import { PlaceUpkeep } from './place-upkeep.service.js';
import { RemoveCopy } from './remove-copy.js';
import { SendCopy } from './send-copy.js';
import { SweepLeases } from './sweep-leases.service.js';

const roundEveryMs = 2_000;
const lookEveryMs = 300;
const sweepEveryMs = 86_400_000;
/** Not only after a day: a service that is started anew each day would never sweep. */
const firstSweepAfterMs = 3_600_000;

/**
 * Makes the copies that are due, one after the other, and removes those that are to go. Nobody waits for it: a backup is
 * made when it is in the backup folder, and what came of its copies stands in their rows. A process that dies loses its
 * claim, and another one begins that copy anew.
 */
@Injectable()
export class Copier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('offsite');
  readonly #late = (error: unknown) =>
    this.#log.warn({ msg: 'copies have to wait for the catalogue', err: error });
  readonly #stop = new AbortController();
  readonly #round = new SharedFlight(() => this.#go());
  readonly #rounds: Repetition;
  readonly #sweeps: Repetition;
  #leftOvers: Promise<void> = Promise.resolve();

  constructor(
    private readonly rows: CopyRows,
    private readonly catalog: CatalogService,
    private readonly history: BackupHistory,
    private readonly sending: SendCopy,
    private readonly removal: RemoveCopy,
    private readonly whole: WholeBackups,
    private readonly storage: StorageService,
    private readonly discovery: OffsiteDiscovery,
    private readonly upkeep: PlaceUpkeep,
    private readonly leases: SweepLeases,
    private readonly settings: Settings,
  ) {
    this.#rounds = new Repetition(() => this.round(), roundEveryMs, this.#late);
    this.#sweeps = new Repetition(() => this.upkeep.sweep(), sweepEveryMs, this.#late);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.purpose === 'command' || this.storage.places.length === 0) return;
    // Now: the first backup may come before the first round.
    await this.discovery.begin();
    this.#rounds.start();
    this.#sweeps.start(firstSweepAfterMs);
    // Of processes that were killed in the middle of a copy, perhaps this one's predecessor.
    this.#leftOvers = this.upkeep.removeLeftOvers().catch(this.#late);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#rounds.stop(), this.#sweeps.stop(), this.#leftOvers]);
  }

  /** Does what is due now, to the end of it. */
  round(): Promise<void> {
    return this.#round.join();
  }

  async #go(): Promise<void> {
    await this.discovery.goOn();
    await this.rows.ensure();
    for (;;) {
      const [next] = await this.rows.due(1);
      if (!next || this.#stop.signal.aborted) break;
      if (next.state === 'removing') await this.removal.tryTo(next);
      // Somebody else is at it, or at the place: the next round looks again.
      else if ((await this.#make(next)) === 'taken') break;
    }
    await this.upkeep.look(this.#stop.signal);
  }

  /** Makes the copies of one backup that are still to be made. The error of the first that failed; it is tried again later. */
  async copyNow(backup: BackupEntity, signal: AbortSignal): Promise<BackupFault | null> {
    await this.rows.ensure();
    let first: BackupFault | null = null;
    for (const copy of await this.rows.waitingOf(backup.id)) {
      const fault = await this.#makeOrWait(copy, signal);
      first ??= fault;
    }
    return first;
  }

  /** Waits for whoever is at the copy already; in its row stands how it went. */
  async #makeOrWait(wanted: OffsiteCopy, signal: AbortSignal): Promise<BackupFault | null> {
    for (let copy: OffsiteCopy | null = wanted; copy?.state === 'waiting'; copy = await this.rows.get(copy)) {
      const isElsewhereTried = copy.attempts > wanted.attempts && copy.claimedUntil === null;
      if (isElsewhereTried && copy.error) return copy.error;
      const outcome = await this.#make(copy, signal);
      if (outcome !== 'taken') return outcome;
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return { code: 'cancelled', detail: 'Nobody waits for the copy any more.' };
    }
    return null;
  }

  /** Removes the copies of a backup that is gone. Returns how many have to wait. */
  async removeNow(backupId: string): Promise<number> {
    const copies = (await this.rows.of([backupId])).get(backupId) ?? [];
    const outcomes = [];
    for (const copy of copies) outcomes.push(await this.removal.tryTo(copy));
    return outcomes.filter((isGone) => !isGone).length;
  }

  async #make(candidate: OffsiteCopy, signal = this.#stop.signal): Promise<BackupFault | 'taken' | null> {
    const place = this.rows.placeOf(candidate);
    const copy = place && (await this.rows.claim(candidate));
    if (!copy) return 'taken';
    if (await this.leases.isHeld(copy.place)) {
      await this.rows.handBack(copy);
      return 'taken';
    }
    return this.rows.during(copy, async () => {
      try {
        const backup = await this.#backupOf(copy);
        await this.rows.aim(copy, this.sending.target(backup));
        // What is gone or damaged here is brought back from another place first, if there is one.
        const send = () => this.whole.reading(backup, () => this.sending.send(backup, place, signal));
        const made = await this.catalog.holding(backup, send);
        if (await this.rows.done(copy, made)) {
          this.#log.log(`${backup.filename} was copied to ${place.location}`);
        }
        return null;
      } catch (error) {
        if (!isDomainError(error)) throw error;
        const fault = { code: error.code, detail: error.detail };
        if (signal.aborted) {
          await this.rows.handBack(copy);
          return fault;
        }
        this.#log.error(`A copy to ${place.location} failed, and will be tried again: ${error.detail}`);
        await this.rows.failed(copy, fault);
        return fault;
      }
    });
  }

  async #backupOf({ backupId }: OffsiteCopy): Promise<BackupEntity> {
    const backup = await this.history.find({ id: backupId });
    if (backup?.status === 'done') return backup;
    await this.rows.release(backupId);
    throw new DomainError('not-found', 'The backup is gone.');
  }
}
