import type { IncomingMessage } from 'node:http';

interface Lock {
  hold: boolean;
  until: Date | null;
}

/** What a bucket with object lock would do, in so far as we ask for it: s3rver has no such buckets. One version per object. */
export class ObjectLock {
  readonly #locks = new Map<string, Lock>();

  /** Takes notice of an object, or of an upload that will be one. */
  stored(path: string, { headers }: IncomingMessage): void {
    const until = headers['x-amz-object-lock-retain-until-date'];
    const isLocked = headers['x-amz-object-lock-mode'] === 'GOVERNANCE' && typeof until === 'string';
    this.#locks.set(path, { hold: false, until: isLocked ? new Date(until) : null });
  }

  removed(path: string): void {
    this.#locks.delete(path);
  }

  setHold(path: string, body: Buffer): boolean {
    const lock = this.#locks.get(path);
    const status = /<Status>(ON|OFF)<\/Status>/.exec(body.toString())?.[1];
    if (!lock || !status) return false;
    lock.hold = status === 'ON';
    return true;
  }

  headersOf(path: string): Record<string, string> {
    const lock = this.#locks.get(path);
    if (!lock) return {};
    return {
      'x-amz-version-id': 'v1',
      'x-amz-object-lock-legal-hold': lock.hold ? 'ON' : 'OFF',
      ...(lock.until && {
        'x-amz-object-lock-mode': 'GOVERNANCE',
        'x-amz-object-lock-retain-until-date': lock.until.toISOString(),
      }),
    };
  }

  keeps(path: string, now: Date): boolean {
    const lock = this.#locks.get(path);
    return lock !== undefined && (lock.hold || (lock.until !== null && lock.until > now));
  }
}
