import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { isDomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { Repetition } from '../common/repetition.js';
import { SharedFlight } from '../common/shared-flight.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import { AbsenceWatch } from './absence-watch.service.js';
import { Channel } from './channel.entity.js';
import { ChannelsService } from './channels.service.js';
import { Sender } from './channels/sender.service.js';
import { CopyWatch } from './copy-watch.service.js';
import { Delivery } from './delivery.entity.js';
import { JobWatch } from './job-watch.service.js';
import type { Attempt, EventMessage } from './notifications.types.js';
import { messageOf, Outbox } from './outbox.service.js';

const roundEveryMs = 2_000;
const absenceEveryMs = 60_000;
const sweepEveryMs = 3_600_000;
const atOnce = 20;

/**
 * Carries what happened to those who are to hear of it. Nobody waits for it: whoever makes a backup only writes down how it
 * ended, as always, and these rounds find it in the catalogue.
 */
@Injectable()
export class Courier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('notifications');
  readonly #round = new SharedFlight(() => this.#go());
  readonly #repeated: Repetition[];

  constructor(
    private readonly jobs: JobWatch,
    private readonly absence: AbsenceWatch,
    private readonly copies: CopyWatch,
    private readonly outbox: Outbox,
    private readonly channels: ChannelsService,
    private readonly databases: DatabasesService,
    private readonly sender: Sender,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.#repeated = [
      this.#repeat(() => this.round(), roundEveryMs),
      this.#repeat(() => this.absence.look(), absenceEveryMs),
      this.#repeat(() => this.copies.look(), absenceEveryMs),
      this.#repeat(() => this.#sweep(), sweepEveryMs),
    ];
  }

  onApplicationBootstrap(): void {
    if (!this.settings.keepsHouse) return;
    for (const repeated of this.#repeated) repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#repeated.map((repeated) => repeated.stop()));
  }

  #repeat(work: () => Promise<void>, everyMs: number): Repetition {
    let isSaid = false;
    const outspoken = async () => {
      await work();
      isSaid = false;
    };
    return new Repetition(outspoken, everyMs, (error) => {
      if (!isSaid) this.#log.warn({ msg: 'notifications have to wait for the catalogue', err: error });
      isSaid = true;
    });
  }

  async #sweep(): Promise<void> {
    await this.outbox.sweep();
    await this.channels.sweep();
  }

  /** Notices what has ended, then tries once whatever is due. */
  round(): Promise<void> {
    return this.#round.join();
  }

  async #go(): Promise<void> {
    await this.jobs.look();
    const due = await this.outbox.due(atOnce);
    await Promise.all(due.map((delivery) => this.#deliver(delivery)));
  }

  /** Sends a message that says that it is a test, once and at once. Throws DomainError `not-found`. */
  async test(database: string, id: string): Promise<Attempt> {
    const channel = await this.channels.get(database, id);
    const event = messageOf(newId(), {
      type: 'test',
      occurredAt: this.clock.now(),
      database: this.databases.identify(database),
      projectId: channel.projectId || null,
      message: 'This is a test. Notifications of Holdfast arrive here.',
      details: {},
    });
    return this.#send(channel, event);
  }

  async #deliver(candidate: Delivery): Promise<void> {
    const delivery = await this.outbox.claim(candidate);
    if (!delivery) return;
    const channel = await this.channels.find(delivery.channelId);
    // Removed, or switched off, since it was written down.
    if (!channel?.active) return this.outbox.forget(delivery.channelId);
    const attempt = await this.#send(channel, delivery.event);
    const isGivenUp = await this.outbox.settle(delivery, channel.kind, attempt);
    if (attempt.ok) return;
    const { id, attempts, eventType } = delivery;
    const about = { delivery: id, channel: channel.id, event: eventType, attempts, why: attempt.sentence };
    if (isGivenUp) this.#log.error({ msg: 'a notification was given up; nobody was told', ...about });
    else this.#log.warn({ msg: 'a notification could not be delivered yet', ...about });
  }

  async #send(channel: Channel, event: EventMessage): Promise<Attempt> {
    try {
      return await this.sender.send(await this.channels.targetOf(channel), event);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return { ok: false, sentence: error.detail };
    }
  }
}
