import type { BackupEntity } from '../catalog/backup.entity.js';
import type { ScopeKey } from '../catalog/catalog.types.js';
import type { Decision } from './plan.js';

/**
 * What one policy keeps: a backup that any of the rules keeps. Counts are of good backups, each at least 1; durations are
 * ISO 8601 (`P30D`, `PT36H`). A policy has at least one rule.
 */
export interface RetentionRules {
  /** The newest N. */
  keepNewest?: number;
  /** The newest of each hour, day and so on, for the last N of them that have a backup. */
  keepHourly?: number;
  keepDaily?: number;
  /** Weeks begin on Monday (ISO 8601). */
  keepWeekly?: number;
  keepMonthly?: number;
  keepYearly?: number;
  /** What is not older than this, counted back from the newest one: a time without backups takes nothing away. */
  keepWithin?: string;
  /** What is younger than this now stays, also beyond `maxTotalBytes`. */
  minAge?: string;
  /** Of what the other rules keep (of everything, if there is none), the newest that together take no more bytes. */
  maxTotalBytes?: number;
}

/** The retention of one schedule of a scope. */
export interface ScheduledRetention {
  /** How reasons name it. */
  name: string;
  /** IANA; days, weeks and months begin there. */
  zone: string;
  /** Null: it has none of its own, the newest N of the database count its backups, too. */
  rules: RetentionRules | null;
}

/** Says which schedules a scope has; implemented by schedules/, above. */
export abstract class RetentionPolicies {
  abstract of(scope: ScopeKey): Promise<ScheduledRetention[]>;
}

export interface CleanupReport {
  before: number;
  /** How many were removed, or would be. */
  removed: number;
  bytesFreed: number;
  /** Newest first. */
  decisions: (Decision & { backup: BackupEntity })[];
}
