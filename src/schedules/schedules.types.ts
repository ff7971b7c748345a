import type { ErrorCode } from '../common/errors.js';
import type { RetentionRules } from '../retention/retention.types.js';

/**
 * What became of an occurrence. `started`: its job has the rest. `skipped`: the backup before it had not ended. `missed`:
 * nobody was there, and it is not made up for. `failed`: no job could be started.
 */
export interface Outcome {
  kind: 'started' | 'skipped' | 'missed' | 'failed';
  /** ISO 8601, UTC: the occurrence, without its jitter. */
  planned: string;
  /** ISO 8601, UTC: when it was dealt with. */
  at: string;
  /** A sentence for people; null when the job says it. */
  detail: string | null;
  code: ErrorCode | null;
}

/** What a caller may say of a schedule. */
export interface ScheduleSettings {
  cron: string;
  zone: string;
  enabled: boolean;
  jitterSeconds: number;
  catchUp: boolean;
  retention: RetentionRules | null;
  description: string | null;
}
