import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, In, IsNull, LessThanOrEqual, MoreThan, Repository } from 'typeorm';
import { BackupEntity } from '../catalog/backup.entity.js';
import type { BackupFault } from '../catalog/catalog.types.js';
import { Clock } from '../common/clock.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import { waitAfter } from './backoff.js';
import { OffsiteCopy } from './offsite-copy.entity.js';
import type { CopyState } from './offsite.types.js';

/** For so long one process has a copy to itself, unless it says that it is still at it. */
const leaseMs = 60_000;

/** A copy is looked at once a day, and an hour after a place that was away. */
const lookEveryMs = 86_400_000;
const lookAgainMs = 3_600_000;

/** The only writer of the rows of copies. */
@Injectable()
export class CopyRows {
  constructor(
    @InjectRepository(OffsiteCopy) private readonly copies: Repository<OffsiteCopy>,
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly storage: StorageService,
    private readonly clock: Clock,
  ) {}

  /** The configured place of a copy; undefined for one that was taken out of the configuration. */
  placeOf({ place }: OffsiteCopy): ObjectStore | undefined {
    return this.storage.places.find(({ location }) => location === place);
  }

  /** Configured places, nearest first. */
  get #places(): string[] {
    return this.storage.places.map(({ location }) => location);
  }

  /**
   * Writes down what is to be copied: in each place, every backup that counts and is no undo. One that was made before
   * the place was configured, or before a crash, is among them.
   */
  async ensure(): Promise<void> {
    for (const place of this.#places) {
      const missing = await this.backups
        .createQueryBuilder('backup')
        .leftJoin(OffsiteCopy, 'copy', 'copy.backup_id = backup.id AND copy.place = :place', { place })
        .where({ status: 'done', verifiedLevel: In(['readable', 'restorable']) })
        .andWhere("backup.damage IS NULL AND backup.keep_until IS NULL AND backup.origin <> 'found'")
        .andWhere('copy.seq IS NULL')
        .orderBy('backup.ordinal', 'DESC')
        .getMany();
      for (const { id: backupId, path } of missing) {
        await this.#insert({ backupId, path, place, key: path, state: 'waiting', dueAt: this.clock.now() });
      }
    }
  }

  /** A copy that stands in its place already, as a manifest there tells. */
  async adopt(
    copy: Pick<OffsiteCopy, 'backupId' | 'place' | 'path' | 'key' | 'size' | 'sha256' | 'recipients' | 'url'>,
  ) {
    const now = this.clock.now();
    await this.#insert({ ...copy, state: 'done', dueAt: null, madeAt: now, checkedAt: null, lookAt: now });
  }

  async #insert(copy: Partial<OffsiteCopy>): Promise<void> {
    await this.copies.insert({ attempts: 0, held: 0, ...copy }).catch((error: unknown) => {
      // Another process wrote it down at the same moment.
      if (!isUniqueViolation(error)) throw error;
    });
  }

  /** What may be tried now, newest backups first. */
  due(limit: number): Promise<OffsiteCopy[]> {
    const due = {
      place: In(this.#places),
      state: In<CopyState>(['waiting', 'removing']),
      dueAt: LessThanOrEqual(this.clock.now()),
    };
    return this.copies.find({
      where: this.#free(due),
      order: { attempts: 'ASC', seq: 'ASC' },
      take: limit,
    });
  }

  /** Takes a copy for this process; null when another one was first. */
  async claim({ seq, attempts, state }: OffsiteCopy): Promise<OffsiteCopy | null> {
    const taken = { attempts: attempts + 1, claimedUntil: this.#after(leaseMs) };
    const { affected } = await this.copies.update(this.#free({ seq, attempts, state }), taken);
    return affected === 1 ? this.copies.findOneBy({ seq }) : null;
  }

  /** Nobody is at it, or whoever was is dead. */
  #free(where: FindOptionsWhere<OffsiteCopy>): FindOptionsWhere<OffsiteCopy>[] {
    return [
      { ...where, claimedUntil: IsNull() },
      { ...where, claimedUntil: LessThanOrEqual(this.clock.now()) },
    ];
  }

  /** Whether somebody is making a copy there. */
  isCopying(place: string): Promise<boolean> {
    return this.copies.existsBy({ place, state: 'waiting', claimedUntil: MoreThan(this.clock.now()) });
  }

  get({ seq }: OffsiteCopy): Promise<OffsiteCopy | null> {
    return this.copies.findOneBy({ seq });
  }

  /** Does something with a claimed copy, which nobody else takes meanwhile. */
  async during<T>({ seq, attempts }: OffsiteCopy, work: () => Promise<T>): Promise<T> {
    const renew = () => this.copies.update({ seq, attempts }, { claimedUntil: this.#after(leaseMs) });
    const renewal = setInterval(() => void renew().catch(() => undefined), leaseMs / 3);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
    }
  }

  /** Before anything is sent: whatever comes, the row says what may stand in the place. */
  async aim({ seq }: OffsiteCopy, target: Pick<OffsiteCopy, 'key' | 'recipients'>): Promise<void> {
    await this.copies.update({ seq }, target as object);
  }

  /** Made. False when it is wanted no more: its backup was removed meanwhile, and it goes with the next round. */
  async done(
    { seq, attempts }: OffsiteCopy,
    made: Pick<OffsiteCopy, 'size' | 'sha256' | 'url'>,
  ): Promise<boolean> {
    const now = this.clock.now();
    const facts = {
      ...made,
      state: 'done' as const,
      attempts: 0,
      dueAt: null,
      claimedUntil: null,
      error: null,
      lookAt: this.#after(lookEveryMs),
    };
    const { affected } = await this.copies.update({ seq, attempts, state: 'waiting' }, {
      ...facts,
      madeAt: now,
      checkedAt: now,
    } as object);
    return affected === 1;
  }

  /** A try failed; there will be another. */
  async failed({ seq, attempts }: OffsiteCopy, error: BackupFault): Promise<void> {
    await this.copies.update(
      { seq, attempts },
      {
        error,
        dueAt: this.#after(waitAfter(attempts)),
        claimedUntil: null,
      },
    );
  }

  /** Could not be looked at: in an hour again. */
  async putOff({ seq }: OffsiteCopy): Promise<void> {
    await this.copies.update({ seq }, { lookAt: this.#after(lookAgainMs) });
  }

  /** Seen in its place, or not as it was stored: then it does not count any more, and is made anew from another. */
  async checked({ seq }: OffsiteCopy, fault: BackupFault | null): Promise<void> {
    const now = this.clock.now();
    const outcome = fault
      ? { state: 'waiting' as const, error: fault, dueAt: now }
      : { checkedAt: now, lookAt: this.#after(lookEveryMs) };
    await this.copies.update({ seq, state: 'done' }, outcome);
  }

  /** Not tried after all: the process stops. */
  async handBack({ seq, attempts }: OffsiteCopy): Promise<void> {
    await this.copies.update({ seq, attempts }, { attempts: attempts - 1, claimedUntil: null });
  }

  async markHeld({ seq }: OffsiteCopy, held: boolean): Promise<void> {
    await this.copies.update({ seq }, { held: Number(held) });
  }

  /** The backup goes: its copies are to go. Returns them. */
  async release(backupId: string): Promise<OffsiteCopy[]> {
    await this.copies.update({ backupId }, { state: 'removing', attempts: 0, dueAt: this.clock.now() });
    return this.copies.findBy({ backupId });
  }

  async forget({ seq }: OffsiteCopy): Promise<void> {
    await this.copies.delete({ seq, state: 'removing' });
  }

  /** All of these backups, by the backup's id; those in the nearest place first. */
  async of(backupIds: readonly string[]): Promise<Map<string, OffsiteCopy[]>> {
    const byBackup = new Map<string, OffsiteCopy[]>();
    for (let start = 0; start < backupIds.length; start += 500) {
      const ids = backupIds.slice(start, start + 500);
      for (const copy of await this.copies.findBy({ backupId: In(ids) })) {
        byBackup.set(copy.backupId, [...(byBackup.get(copy.backupId) ?? []), copy]);
      }
    }
    for (const copies of byBackup.values()) copies.sort((one, other) => this.#near(one) - this.#near(other));
    return byBackup;
  }

  /** Good ones in configured places, nearest first. */
  async good(backupId: string): Promise<OffsiteCopy[]> {
    const copies = (await this.of([backupId])).get(backupId) ?? [];
    return copies.filter((copy) => copy.state === 'done' && this.placeOf(copy));
  }

  /** In the order of the configuration; what is in none comes last. */
  #near({ place }: OffsiteCopy): number {
    const index = this.#places.indexOf(place);
    return index < 0 ? this.#places.length : index;
  }

  /** Those of a backup that are still to be made in a configured place. */
  waitingOf(backupId: string): Promise<OffsiteCopy[]> {
    return this.copies.findBy({ backupId, state: 'waiting', place: In(this.#places) });
  }

  /** Whose place was told otherwise than the backup's pin says. */
  async withOtherPin(): Promise<{ copy: OffsiteCopy; pinned: boolean }[]> {
    const copies = await this.copies
      .createQueryBuilder('copy')
      .innerJoin(BackupEntity, 'backup', 'backup.id = copy.backup_id AND backup.pinned <> copy.held')
      .where({ state: 'done', place: In(this.#places) })
      .getMany();
    return copies.map((copy) => ({ copy, pinned: copy.held === 0 }));
  }

  /** Of the backups that have a row for this place. */
  async pathsIn(place: string): Promise<Set<string>> {
    const rows = await this.copies.find({ select: { path: true }, where: { place } });
    return new Set(rows.map(({ path }) => path));
  }

  /** Backups of which a copy is still to be made in a configured place. */
  async underWay(): Promise<Set<string>> {
    const waiting = await this.copies.findBy({ state: 'waiting', place: In(this.#places) });
    return new Set(waiting.map(({ backupId }) => backupId));
  }

  /** Those that are to be looked at again. */
  unseen(limit: number): Promise<OffsiteCopy[]> {
    return this.copies.find({
      where: { state: 'done', place: In(this.#places), lookAt: LessThanOrEqual(this.clock.now()) },
      order: { lookAt: 'ASC' },
      take: limit,
    });
  }

  #after(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}
