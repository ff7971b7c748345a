import { DomainError, type ErrorCode, isDomainError } from '../common/errors.js';
import type { JobFault } from './jobs.types.js';

/** Reasons that may pass by themselves. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'database-unreachable',
  'database-busy',
  'storage-unavailable',
  'maintenance',
]);

export function faultOf(error: unknown): JobFault {
  if (isDomainError(error)) {
    const { code, detail, fields } = error;
    return { code, detail, ...(fields && { fields }) };
  }
  return { code: 'internal', detail: 'An error that nobody foresaw; the log has it under this request.' };
}

/** What a fault was before it was written down. */
export function errorOf({ code, detail, fields }: JobFault): DomainError {
  return new DomainError(code, detail, fields && { fields });
}

export function mayPass(error: unknown): boolean {
  return isDomainError(error) && passing.has(error.code);
}

/** Whether it ended because somebody wanted it to end. */
export function wasStopped({ code }: JobFault): boolean {
  return code === 'shutting-down' || code === 'cancelled';
}

export function stopped(): DomainError {
  return new DomainError('shutting-down', 'The service stopped before this had ended.');
}

/** Of a job that another process does, or will. */
export function goesOn(id: string): DomainError {
  return new DomainError(
    'shutting-down',
    `The service stops. The job goes on, or waits for a process that takes it: GET /api/jobs/${id} tells.`,
  );
}

export function stopping(): DomainError {
  return new DomainError('shutting-down', 'The service is stopping. Try again in a minute.');
}

export function tooMany(count: number): DomainError {
  return new DomainError('rate-limited', `${count} backups of this database wait already. Try again later.`, {
    retryAfterSeconds: 30,
  });
}
