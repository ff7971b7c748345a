import { createHash } from 'node:crypto';

/**
 * By how many ms an occurrence begins later, so that many schedules of one minute do not begin at once: from 0 to `seconds`,
 * whole seconds, the same in every process.
 */
export function jitterMs(scheduleId: string, planned: Date, seconds: number): number {
  const digest = createHash('sha256').update(`${scheduleId} ${planned.toISOString()}`).digest();
  return (digest.readUInt32BE(0) % (seconds + 1)) * 1000;
}
