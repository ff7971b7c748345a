import { DomainError, type DomainErrorOptions } from '../common/errors.js';

/** A place could not be asked, or refuses. Whoever tries again asks `mayPass`. */
export class PlaceError extends DomainError {
  /**
   * @param detail with what the place said, without credentials
   * @param mayPass whether the same request may succeed later: a cut connection, and not a missing right
   */
  constructor(
    detail: string,
    readonly mayPass: boolean,
    options?: DomainErrorOptions,
  ) {
    super('storage-unavailable', detail, options);
  }
}

/** Whether it is worth trying again: something went wrong on the way, or the place says that it is for now. */
export function mayPass(error: unknown): boolean {
  if (error instanceof PlaceError) return error.mayPass;
  return error instanceof DamagedOnTheWay;
}

/** Other bytes arrived than were sent; sent again, the right ones may. */
export class DamagedOnTheWay extends DomainError {
  constructor(cause?: unknown) {
    super('artefact-damaged', 'Other bytes arrived at the place for copies than were sent; none were kept.', {
      cause,
    });
  }
}

export function cancelled(cause?: unknown): DomainError {
  return new DomainError('cancelled', 'The copy was cancelled; nothing of it remains.', { cause });
}

export function noSuchObject(cause?: unknown): DomainError {
  return new DomainError('not-found', 'The place for copies has no such object.', { cause });
}

export function rangeBehindEnd(cause?: unknown): DomainError {
  return new DomainError('bad-range', 'The range begins behind the end of the object.', { cause });
}
