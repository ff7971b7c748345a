import { Injectable, Logger } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { isDomainError } from '../common/errors.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { CopyRows } from './copy-rows.service.js';
import { NameOwners } from './name-owners.js';
import type { OffsiteCopy } from './offsite-copy.entity.js';
import { storedName } from './stored-name.js';

/** Takes a copy whose backup is gone out of its place: the manifest first, without which it is none. */
@Injectable()
export class RemoveCopy {
  readonly #log = new Logger('offsite');

  constructor(
    private readonly rows: CopyRows,
    private readonly artefacts: ArtefactsService,
    private readonly owners: NameOwners,
  ) {}

  /** False when the place does not let it now; it is tried again later. */
  async tryTo(removable: OffsiteCopy): Promise<boolean> {
    const place = this.rows.placeOf(removable);
    const copy = place && (await this.rows.claim(removable));
    if (!copy) return false;
    try {
      if (!(await this.owners.isAnothers(place, copy))) await this.#remove(copy, place);
      await this.rows.forget(copy);
      return true;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.#log.warn(`A copy stays in ${place.location} for now: ${error.detail}`);
      await this.rows.failed(copy, { code: error.code, detail: error.detail });
      return false;
    }
  }

  async #remove(copy: OffsiteCopy, place: ObjectStore): Promise<void> {
    if (copy.held) await place.hold(copy.key, false);
    await place.remove(this.artefacts.manifestPath(copy.path));
    await place.remove(storedName(this.artefacts.documentListPath(copy.path), copy.recipients !== null));
    await place.remove(copy.key);
  }
}
