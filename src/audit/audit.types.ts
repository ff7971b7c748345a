import type { AuditEntry } from './audit-entry.entity.js';

/** What can be done. Names are stable: they are in logs that outlive the version that wrote them. */
export const auditActions = [
  'full-backup',
  'full-restore',
  'put-back',
  'drop-undo',
  'project-backup',
  'project-restore',
  'project-copy',
  'recovery',
  'verification',
  'cancel-job',
  'download-backup',
  'make-download-link',
  'revoke-download-link',
  'delete-backup',
  'pin-backup',
  'unpin-backup',
  'build-dump',
  'publish-dump',
  'unpublish-dump',
  'remove-dump',
  'set-dump-policy',
  'cleanup',
  'rebuild-catalog',
  'login',
  'change-password',
  'make-user',
  'change-user',
  'change-role',
  'link-user',
  'remove-user',
  'set-member',
  'remove-member',
  'accept-scope',
  'set-recovery-point',
  'make-notification',
  'change-notification',
  'remove-notification',
  'register-database',
  'change-database',
  'remove-database',
  'discover-databases',
  'make-schedule',
  'change-schedule',
  'remove-schedule',
  'rotate-key',
  'make-token',
  'revoke-token',
] as const;

export type AuditAction = (typeof auditActions)[number];

/**
 * `started`: about to begin; the end follows in an entry of its own. `ok`: done. `failed`: begun, but not done.
 * `refused`: not begun.
 */
export type AuditOutcome = 'started' | 'ok' | 'failed' | 'refused';

/** How somebody came in. */
export type Via =
  | 'password'
  | 'access-token'
  | 'api-token'
  | 'host-token'
  | 'no-authentication'
  | 'download-link'
  | 'cli'
  | 'system';

/** Who does something; whoever calls a route is one. */
export interface Actor {
  /** The user's id; 0 or null for who is no user. */
  id: number | null;
  name: string;
  via: Via;
  apiToken?: { id: number };
}

/** Holdfast itself: schedules, retention, recovery. */
export const system: Actor = { id: null, name: 'system', via: 'system' };

/** Small and without secrets. Numbers are whole. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Something that somebody does, without its outcome. When, from where and in which request are found out. */
export interface AuditAct {
  by: Actor;
  action: AuditAction;
  database?: string;
  projectId?: string | null;
  /** What it is done to: a file name, the id of an undo, of a user, of a token. */
  subject?: string | number | null;
  details?: AuditDetails;
  /**
   * For what anybody may repeat without end: one entry a minute for each actor, action, subject, address and outcome,
   * and a count of the rest. A text tells further kinds apart.
   */
  often?: true | string;
}

/** An entry as it is shown. */
export type ShownAuditEntry = Omit<AuditEntry, 'details'> & { details: AuditDetails };

/** An entry as it is hashed: as it is shown, but without its own hash. */
export type AuditFacts = Omit<ShownAuditEntry, 'hash'>;

export interface AuditFilter {
  action?: string;
  /** A user's id or an actor's name. */
  actor?: string;
  subject?: string;
  outcome?: string;
  hash?: string;
}

export interface BrokenEntry {
  seq: number;
  reason: string;
}

export interface AuditVerification {
  intact: boolean;
  /** How many entries there are. */
  entries: number;
  /** The hash of the newest; 64 zeros when there is none. */
  head: string;
  /** The first that does not fit. */
  firstBroken?: BrokenEntry;
}
