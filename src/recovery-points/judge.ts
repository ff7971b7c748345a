import type { RecoveryPoint, RecoverySource, Target } from './recovery-points.types.js';

/** What a backup says of itself, as far as recovery points go. */
export interface Source {
  id: string;
  filename: string;
  createdAt: Date;
  startedAt: Date | null;
}

/** Decides, and does nothing else. A clock that was set back makes nothing younger than nothing. */
export function judge(
  { good, restorable }: { good: Source | null; restorable: Source | null },
  target: Target | null,
  now: Date,
): RecoveryPoint {
  const newest = sourceOf(good, now);
  const dueInSeconds = target && target.seconds - (newest?.ageSeconds ?? secondsSince(target.setAt, now));
  return {
    good: newest,
    restorable: sourceOf(restorable, now),
    targetSeconds: target?.seconds ?? null,
    met: dueInSeconds === null ? null : dueInSeconds >= 0,
    dueInSeconds,
  };
}

function sourceOf(backup: Source | null, now: Date): RecoverySource | null {
  if (!backup) return null;
  const at = backup.startedAt ?? backup.createdAt;
  return { backupId: backup.id, filename: backup.filename, at, ageSeconds: secondsSince(at, now) };
}

function secondsSince(then: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - then.getTime()) / 1000));
}
