import type { DatabaseIdentity } from '../databases/databases.types.js';

/** Whose recovery point: a database's, or that of one project in it. */
export interface WatchedScope {
  database: DatabaseIdentity;
  /** Null for the whole database. */
  projectId: string | null;
}

/** One backup as a point in time that can be gone back to. */
export interface RecoverySource {
  backupId: string;
  filename: string;
  /** When its work began: what was written to live later is not in it. */
  at: Date;
  /** Seconds since then. */
  ageSeconds: number;
}

export interface Target {
  seconds: number;
  setAt: Date;
}

/** How much would be lost if live were lost now. */
export interface RecoveryPoint {
  /** The newest that is verified as readable or better. */
  good: RecoverySource | null;
  /** The newest that was restored in a rehearsal. */
  restorable: RecoverySource | null;
  targetSeconds: number | null;
  /** Whether `good` is younger than the target; null without one. Without a backup, whether the target is younger than itself. */
  met: boolean | null;
  /** Seconds until it is missed, negative when it was; null without a target. */
  dueInSeconds: number | null;
}
