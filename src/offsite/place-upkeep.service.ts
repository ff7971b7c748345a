import { Injectable, Logger } from '@nestjs/common';
import { isDomainError } from '../common/errors.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import { CopyChecks } from './copy-checks.service.js';
import { CopyRows } from './copy-rows.service.js';
import { DocumentSweep } from './document-sweep.service.js';
import { PinsService } from './pins.service.js';

const looksAtOnce = 20;

/** What the places need besides copies. One that is away is asked another time. */
@Injectable()
export class PlaceUpkeep {
  readonly #log = new Logger('offsite');

  constructor(
    private readonly rows: CopyRows,
    private readonly storage: StorageService,
    private readonly pins: PinsService,
    private readonly checks: CopyChecks,
    private readonly documents: DocumentSweep,
  ) {}

  /** Tells of pins, and looks at a few copies, so that each is seen once a day. */
  async look(signal: AbortSignal): Promise<void> {
    await this.pins.tellPlaces();
    for (const copy of await this.rows.unseen(looksAtOnce)) {
      if (signal.aborted) return;
      await this.checks.look(copy).catch(async (error: unknown) => {
        if (!isDomainError(error)) throw error;
        await this.rows.putOff(copy);
      });
    }
  }

  /** Removes what writers left that are gone. */
  removeLeftOvers(): Promise<void> {
    return this.#everywhere(async (place) => {
      const removed = await place.sweep();
      if (removed > 0)
        this.#log.log(`${removed} copies that were cut short were removed from ${place.location}`);
    });
  }

  /** Removes that, and contents of documents that no list names. */
  async sweep(): Promise<void> {
    await this.removeLeftOvers();
    await this.#everywhere((place) => this.documents.sweep(place));
  }

  async #everywhere(sweep: (place: ObjectStore) => Promise<unknown>): Promise<void> {
    for (const place of this.storage.places) {
      try {
        await sweep(place);
      } catch (error) {
        if (!isDomainError(error)) throw error;
        this.#log.warn(`${place.location} was not swept: ${error.detail}`);
      }
    }
  }
}
