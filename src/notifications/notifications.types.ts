import type { ErrorCode } from '../common/errors.js';
import type { WatchedScope } from '../recovery-points/recovery-points.types.js';

/** What somebody can ask to be told. Names are stable: receivers test for them. */
export const eventTypes = [
  'backup.failed',
  'backup.recovered',
  'backup.absent',
  'backup.present-again',
  'backup.succeeded',
  'verification.failed',
  'restore.failed',
  'copy.failed',
] as const;

export type EventType = (typeof eventTypes)[number];

/** What a channel hears of when it does not say: everything but each single success. */
export const usualEvents: readonly EventType[] = eventTypes.filter((type) => type !== 'backup.succeeded');

/** `heartbeat`: a URL that is called after each success, for services that raise the alarm when the call does not come. */
export const channelKinds = ['webhook', 'email', 'heartbeat'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** Something that happened, in words and for programs. Holds no secret. */
export interface NotificationEvent extends WatchedScope {
  type: EventType | 'test';
  occurredAt: Date;
  /** A sentence or two for people. */
  message: string;
  details: EventDetails;
}

export interface EventDetails {
  error?: { code: ErrorCode; detail: string };
  job_id?: string;
  backup?: { id: string; filename: string; size: number | null; seconds: number | null };
  /** How many failed one after the other, and since when. */
  failures?: number;
  failing_since?: string;
  /** Of recovery points. */
  target_seconds?: number | null;
  age_seconds?: number | null;
  last_good_at?: string | null;
  absent_since?: string;
}

/** What goes out: an event as JSON. `id` is that of the delivery, the same however often it is tried. */
export interface EventMessage {
  id: string;
  type: NotificationEvent['type'];
  occurred_at: string;
  database: string;
  project_id: string | null;
  message: string;
  details: EventDetails;
}

/** Where a channel leads: its secrets. Kept sealed. */
export type ChannelTarget =
  | { kind: 'webhook'; url: string; secret: string }
  | { kind: 'heartbeat'; url: string; method: 'GET' | 'POST' }
  | { kind: 'email'; to: string[] };

/** What became of one try to deliver. `sentence` holds no secret. */
export type Attempt = { ok: true } | { ok: false; sentence: string };

export type DeliveryStatus = 'pending' | 'sent' | 'given-up';
