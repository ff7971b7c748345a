import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { BackupFault } from '../catalog/catalog.types.js';
import { isDomainError } from '../common/errors.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { CopyRows } from './copy-rows.service.js';
import type { OffsiteCopy } from './offsite-copy.entity.js';

/** What became of a copy: `fault` is null when it is what was stored. */
export interface CopyVerdict {
  place: string;
  bytes: number;
  fault: BackupFault | null;
}

/** Whether copies are still what was stored. One that is not counts no more, and is made anew. */
@Injectable()
export class CopyChecks {
  readonly #log = new Logger('offsite');

  constructor(private readonly rows: CopyRows) {}

  /**
   * Reads every good copy of a backup to its end, as it stands there: no key is needed. Throws DomainError
   * `storage-unavailable`, which says nothing about the copy.
   */
  async verify(backupId: string): Promise<CopyVerdict[]> {
    const verdicts: CopyVerdict[] = [];
    for (const copy of await this.rows.good(backupId)) {
      verdicts.push(await this.#judge(copy, (place) => read(place, copy)));
    }
    return verdicts;
  }

  /** Looks at one copy without reading it. A place that is away is asked another time. */
  async look(copy: OffsiteCopy): Promise<void> {
    await this.#judge(copy, async (place) => {
      const found = await place.stat(copy.key);
      if (!found) return 'is gone';
      return found.bytes === copy.size ? null : `has ${found.bytes} bytes instead of ${copy.size}`;
    });
  }

  async #judge(
    copy: OffsiteCopy,
    whatIsWrong: (place: ObjectStore) => Promise<string | null>,
  ): Promise<CopyVerdict> {
    const place = this.rows.placeOf(copy);
    const wrong = place ? await whatIsWrong(place) : null;
    const fault = wrong && {
      code: 'artefact-damaged' as const,
      detail: `The copy in ${copy.place} ${wrong}. It is made anew.`,
    };
    if (fault) this.#log.error(fault.detail);
    await this.rows.checked(copy, fault || null);
    return { place: copy.place, bytes: copy.size ?? 0, fault: fault || null };
  }
}

/** What is wrong with it; null: nothing. */
async function read(place: ObjectStore, { key, size, sha256 }: OffsiteCopy): Promise<string | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of await place.open(key)) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } catch (error) {
    if (isDomainError(error) && error.code === 'not-found') return 'is gone';
    throw error;
  }
  if (bytes !== size) return `has ${bytes} bytes instead of ${size}`;
  return hash.digest('hex') === sha256 ? null : 'is not what was stored: its SHA-256 is another';
}
