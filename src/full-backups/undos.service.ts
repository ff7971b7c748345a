import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import type { Caller } from '../auth/auth.types.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import type { UndoLocation } from '../engines/engine.types.js';
import { UndoEntity } from './undo.entity.js';

const dayMs = 24 * 3_600_000;
const sweepEveryMs = 3_600_000;

/** The undos of full restores: what is kept, and until when. */
@Injectable()
export class UndosService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger('undo');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(UndoEntity) private readonly undos: Repository<UndoEntity>,
    private readonly databases: DatabasesService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.sweep(), sweepEveryMs);
    this.#timer.unref();
    void this.sweep();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async record(
    database: string,
    location: UndoLocation,
    backupFilename: string,
    caller: Caller,
  ): Promise<UndoEntity> {
    const now = this.clock.now();
    const row = this.undos.create({
      id: newId(),
      database,
      location,
      backupFilename,
      status: 'kept',
      createdBy: caller.id,
      createdByName: caller.name,
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

  async drop(undo: UndoEntity): Promise<void> {
    await this.databases.get(undo.database).engine.dropUndo(undo.location);
    await this.undos.update({ id: undo.id }, { status: 'expired' });
  }

  /** Removes undos whose time is over. A database that is away keeps its undos until it is back. */
  async sweep(): Promise<void> {
    const expired = await this.undos.findBy({ status: 'kept', expiresAt: LessThan(this.clock.now()) });
    for (const undo of expired) {
      await this.drop(undo).catch((error: unknown) => {
        this.#log.warn({ msg: `the undo ${undo.id} could not be removed yet`, err: error });
      });
    }
  }
}
