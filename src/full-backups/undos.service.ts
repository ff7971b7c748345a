import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { createHash } from 'node:crypto';
import { LessThan, Repository } from 'typeorm';
import { type Actor, system } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import { DocumentRestores } from '../documents/document-restores.service.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import type { Engine, UndoLocation } from '../engines/engine.types.js';
import { JobsService } from '../jobs/jobs.service.js';
import { UndoEntity } from './undo.entity.js';

const dayMs = 24 * 3_600_000;
const sweepEveryMs = 3_600_000;
const lockWaitMs = 60_000;

/** The undos of full restores: what is kept, and until when. */
@Injectable()
export class UndosService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger('undo');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(UndoEntity) private readonly undos: Repository<UndoEntity>,
    private readonly databases: DatabasesService,
    private readonly jobs: JobsService,
    private readonly exclusive: ExclusiveWorkService,
    private readonly documents: DocumentRestores,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.settings.keepsHouse) return;
    this.#timer = setInterval(() => void this.sweep(), sweepEveryMs);
    this.#timer.unref();
  }

  /** The engine has an undo that we do not list: the process died between the swap and its row, or after its use. */
  async adopt(database: string, engine: Engine, locations: readonly UndoLocation[]): Promise<void> {
    for (const location of locations) {
      const known = await this.undos.findOneBy({ database, location });
      if (!known) await this.record(database, location, null, null, adoptedId(database, location));
      else if (known.status !== 'kept') await engine.dropUndo(location);
    }
  }

  /** Alone on the database: an undo must not go while it is being put back. */
  async #inLane(undo: UndoEntity, by: Actor, engine: Engine, action: () => Promise<void>): Promise<void> {
    const { database, id } = undo;
    const job = await this.jobs.start(
      { kind: 'drop-undo', database, by, subject: id, whenBusy: 'wait' },
      ({ signal }) => this.exclusive.run({ engine, lockWaitMs, signal }, action),
    );
    await job.done;
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** `backupFilename` and `caller` are null for an undo that was found after a crash. */
  async record(
    database: string,
    location: UndoLocation,
    backupFilename: string | null,
    caller: Caller | null,
    id = newId(),
  ): Promise<UndoEntity> {
    const now = this.clock.now();
    const row = this.undos.create({
      id,
      database,
      location,
      backupFilename: backupFilename ?? 'unknown',
      status: 'kept',
      createdBy: caller?.id ?? null,
      createdByName: caller?.name ?? null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + this.settings.env.HOLDFAST_UNDO_DAYS * dayMs),
    });
    await this.undos.insert(row);
    return row;
  }

  /** What can be put back, newest first. */
  list(database: string): Promise<UndoEntity[]> {
    return this.undos.find({ where: { database, status: 'kept' }, order: { seq: 'DESC' } });
  }

  /** Throws DomainError `not-found`. */
  async get(database: string, id: string): Promise<UndoEntity> {
    const undo = await this.undos.findOneBy({ database, id, status: 'kept' });
    if (!undo) throw new DomainError('not-found', 'There is no such undo; it was used or has expired.');
    return undo;
  }

  async markUsed(undo: UndoEntity): Promise<void> {
    await this.undos.update({ id: undo.id }, { status: 'used' });
  }

  async drop(undo: UndoEntity, by: Actor): Promise<void> {
    const { engine } = this.databases.get(undo.database);
    await this.#inLane(undo, by, engine, async () => {
      await engine.dropUndo(undo.location);
      await this.documents.dropUndo(undo.database, undo.location);
    });
    await this.undos.update({ id: undo.id }, { status: 'expired' });
  }

  /** Removes undos whose time is over. A database that is away keeps its undos until it is back. */
  async sweep(): Promise<void> {
    const expired = await this.undos.findBy({ status: 'kept', expiresAt: LessThan(this.clock.now()) });
    for (const undo of expired) {
      await this.drop(undo, system).catch((error: unknown) => {
        this.#log.warn({ msg: `the undo ${undo.id} could not be removed yet`, err: error });
      });
    }
  }
}

/** The same each time, so that it can be used with a catalogue that is made anew for each command. */
function adoptedId(database: string, location: UndoLocation): string {
  return createHash('sha256').update(`${database}\0${location}`).digest('hex').slice(0, 32);
}
