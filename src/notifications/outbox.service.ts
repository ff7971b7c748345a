import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, LessThanOrEqual, Not, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { newId } from '../common/random.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import { waitAfter } from './backoff.js';
import { Channel } from './channel.entity.js';
import { Delivery } from './delivery.entity.js';
import type { Attempt, EventMessage, NotificationEvent } from './notifications.types.js';
import { hears } from './routing.js';

/** For so long one process has a delivery to itself. Longer than any try may take. */
const leaseMs = 60_000;
const keptMs = 30 * 86_400_000;

/** What happened, written down for each channel that is to hear of it until it was sent: a crash loses none. */
@Injectable()
export class Outbox {
  constructor(
    @InjectRepository(Delivery) private readonly deliveries: Repository<Delivery>,
    @InjectRepository(Channel) private readonly channels: Repository<Channel>,
    private readonly clock: Clock,
  ) {}

  /** Once for each `key` and channel, however often it is called, by whichever process. */
  async add(key: string, event: NotificationEvent): Promise<void> {
    const { database, projectId } = event;
    const channels = await this.channels.findBy({
      databaseId: database.id,
      projectId: In(['', projectId ?? '']),
      active: 1,
    });
    for (const channel of channels.filter((candidate) => hears(candidate, event))) {
      const message = messageOf(newId(), event);
      await this.#insert(key, channel.id, message);
    }
  }

  async #insert(eventKey: string, channelId: string, event: EventMessage): Promise<void> {
    const now = this.clock.now();
    await this.deliveries
      .insert({
        id: event.id,
        eventKey,
        channelId,
        eventType: event.type,
        event,
        status: 'pending',
        attempts: 0,
        error: null,
        createdAt: now,
        dueAt: now,
        endedAt: null,
      })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
      });
  }

  /** What may be tried now, oldest first. */
  due(limit: number): Promise<Delivery[]> {
    return this.deliveries.find({
      where: { status: 'pending', dueAt: LessThanOrEqual(this.clock.now()) },
      order: { dueAt: 'ASC', seq: 'ASC' },
      take: limit,
    });
  }

  /** Takes a delivery for this process; null when another one was first. */
  async claim({ id, attempts }: Delivery): Promise<Delivery | null> {
    const dueAt = this.#after(leaseMs);
    const { affected } = await this.deliveries.update(
      { id, attempts, status: 'pending' },
      { attempts: attempts + 1, dueAt },
    );
    return affected === 1 ? this.deliveries.findOneBy({ id }) : null;
  }

  /** Writes down what became of a try. True when it was given up by that. */
  async settle({ id, attempts }: Delivery, kind: Channel['kind'], attempt: Attempt): Promise<boolean> {
    const where = { id, attempts, status: 'pending' as const };
    const now = this.clock.now();
    if (attempt.ok) {
      await this.deliveries.update(where, { status: 'sent', error: null, dueAt: null, endedAt: now });
      return false;
    }
    const error = attempt.sentence;
    const wait = waitAfter(attempts, kind);
    if (wait === null) {
      await this.deliveries.update(where, { status: 'given-up', error, dueAt: null, endedAt: now });
    } else {
      await this.deliveries.update(where, { error, dueAt: this.#after(wait) });
    }
    return wait === null;
  }

  /** The newest of a channel that was tried. */
  last(channelId: string): Promise<Delivery | null> {
    return this.deliveries.findOne({ where: { channelId, attempts: Not(0) }, order: { seq: 'DESC' } });
  }

  /** Of a channel that is removed: nobody is left to be told. */
  async forget(channelId: string): Promise<void> {
    await this.deliveries.delete({ channelId });
  }

  /** How many there are, by status. */
  async counts(): Promise<{ status: Delivery['status']; count: number }[]> {
    const rows = await this.deliveries
      .createQueryBuilder('delivery')
      .select('delivery.status', 'status')
      .addSelect('COUNT(*)', 'count')
      .groupBy('delivery.status')
      .getRawMany<{ status: Delivery['status']; count: number | string }>();
    return rows.map(({ status, count }) => ({ status, count: Number(count) }));
  }

  /** Removes what ended a month ago. */
  async sweep(): Promise<void> {
    await this.deliveries.delete({
      status: Not('pending' as const),
      endedAt: LessThan(this.#after(-keptMs)),
    });
  }

  #after(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}

export function messageOf(id: string, event: NotificationEvent): EventMessage {
  const { type, occurredAt, database, projectId, message, details } = event;
  return {
    id,
    type,
    occurred_at: occurredAt.toISOString(),
    database: database.name,
    project_id: projectId,
    message,
    details,
  };
}
