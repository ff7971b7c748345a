import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { hostname } from 'node:os';
import { In, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { OwnerService } from './owner.service.js';
import { ProcessEntity } from './process.entity.js';

const beatEveryMs = 5_000;
/** How long a process may be silent before the others take it for dead. */
export const silenceMs = 30_000;

type Listener = (owner: string) => Promise<void>;

/**
 * Which processes work with this catalogue. Whether one of the same data folder lives its file says at once
 * (OwnerService). One of another machine is dead when its count stood still for a time that we ourselves have measured: no
 * two clocks are compared, and none may jump.
 */
@Injectable()
export class ProcessesService implements OnModuleInit, OnApplicationShutdown {
  readonly #log = new Logger('processes');
  readonly #seen = new Map<string, { beat: number; since: number }>();
  readonly #deaths: Listener[] = [];
  readonly #losses: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(ProcessEntity) private readonly processes: Repository<ProcessEntity>,
    private readonly owner: OwnerService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.processes.delete({ id: In([...this.owner.gone]) });
    await this.#register();
    this.#timer = setInterval(() => void this.#turn(), beatEveryMs);
    this.#timer.unref();
  }

  /** Hears of each process that died, once it is known; only one of the living hears it from the catalogue. */
  onDeath(listener: Listener): void {
    this.#deaths.push(listener);
  }

  /** Hears that the others took this process for dead, because it stood still: what it was doing is no longer its own. */
  onLoss(listener: () => void): void {
    this.#losses.push(listener);
  }

  /** `null`: from a version that wrote no owners. */
  async isAlive(owner: string | null): Promise<boolean> {
    if (owner === null) return false;
    const here = this.owner.livesHere(owner);
    return here ?? this.processes.existsBy({ id: owner });
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    // A catalogue that is away cannot be told; the file that is gone, or the silence, says it.
    await this.processes.delete({ id: this.owner.id }).catch(() => undefined);
  }

  async #register(): Promise<void> {
    const { id } = this.owner;
    const facts = { purpose: this.settings.purpose, host: hostname(), beat: 0, startedAt: this.clock.now() };
    await this.processes.insert({ id, ...facts });
  }

  async #turn(): Promise<void> {
    try {
      await this.#beat();
      for (const dead of await this.#silent()) await this.#bury(dead);
    } catch (error) {
      // While the catalogue was away nobody could count on: their silence says nothing.
      this.#seen.clear();
      this.#log.warn({ msg: 'the catalogue does not know that this process lives', err: error });
    }
  }

  async #beat(): Promise<void> {
    const { affected } = await this.processes.increment({ id: this.owner.id }, 'beat', 1);
    if (affected !== 0) return;
    this.#log.warn('This process stood still for so long that others took over its work.');
    await this.#register();
    for (const lost of this.#losses) lost();
  }

  async #silent(): Promise<ProcessEntity[]> {
    const now = this.clock.monotonicMs();
    const listed = (await this.processes.find()).filter(({ id }) => id !== this.owner.id);
    const ids = new Set(listed.map(({ id }) => id));
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id);
    return listed.filter(({ id, beat }) => {
      const seen = this.#seen.get(id);
      if (seen?.beat !== beat) this.#seen.set(id, { beat, since: now });
      const here = this.owner.livesHere(id);
      return here === false || (here === null && seen?.beat === beat && now - seen.since >= silenceMs);
    });
  }

  /** Whoever removes its row settles what it left. */
  async #bury({ id, beat, host }: ProcessEntity): Promise<void> {
    const { affected } = await this.processes.delete({ id, beat });
    if (affected === 0) return;
    this.#log.warn(`The process ${id} on ${host} is dead; what it was doing is settled`);
    for (const settle of this.#deaths) await settle(id);
  }
}
