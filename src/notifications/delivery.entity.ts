import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant, json } from '../persistence/columns.js';
import type { DeliveryStatus, EventMessage } from './notifications.types.js';

/** One event for one channel, written down before anybody tries to send it. */
@Entity('notification_deliveries')
export class Delivery {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  /** What happened, so that two processes that notice the same write it down once. */
  @Column({ name: 'event_key', type: 'varchar' })
  eventKey!: string;

  @Column({ name: 'channel_id', type: 'varchar' })
  channelId!: string;

  @Column({ name: 'event_type', type: 'varchar' })
  eventType!: string;

  @Column({ ...json })
  event!: EventMessage;

  @Column({ type: 'varchar' })
  status!: DeliveryStatus;

  /** How often it was begun to be sent. */
  @Column({ type: 'integer' })
  attempts!: number;

  /** Why the last try failed, as a sentence without secrets. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  /** When it may be tried next; also the end of the lease of whoever tries it now. */
  @Column({ name: 'due_at', ...instant, nullable: true })
  dueAt!: Date | null;

  @Column({ name: 'ended_at', ...instant, nullable: true })
  endedAt!: Date | null;
}
