import { Injectable } from '@nestjs/common';
import { DomainError, isDomainError } from '../common/errors.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { FetchCopy } from './fetch-copy.js';

interface Named {
  backupId: string;
  path: string;
}

/**
 * Installations that share a place, by mistake most likely, give one name to what they back up in the same second, as
 * schedules do. The first copy that is whole keeps the name.
 */
@Injectable()
export class NameOwners {
  constructor(private readonly fetching: FetchCopy) {}

  /** Whether the copy of another backup stands there. Throws DomainError `storage-unavailable`. */
  async isAnothers(place: ObjectStore, { backupId, path }: Named): Promise<boolean> {
    try {
      return (await this.fetching.manifest(place, path)).id !== backupId;
    } catch (error) {
      // There is none, or none that anybody could use.
      if (isDomainError(error) && ['not-found', 'artefact-damaged'].includes(error.code)) return false;
      throw error;
    }
  }

  /** Throws DomainError `conflict`, `storage-unavailable`. */
  async mustNotBeAnothers(place: ObjectStore, named: Named): Promise<void> {
    if (!(await this.isAnothers(place, named))) return;
    const detail =
      `Another installation keeps a backup of that name in ${place.location}. ` +
      'Give each one a place of its own: another HOLDFAST_S3_PREFIX, or another folder.';
    throw new DomainError('conflict', detail);
  }
}
