import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { mkdirSync } from 'node:fs';
import { Settings } from '../config/settings.js';
import { Clock } from '../common/clock.js';
import { DomainError, errorCodeOf } from '../common/errors.js';
import { LocalStorage } from './local/local-storage.js';
import type { ObjectStore } from './object-store.types.js';
import { configuredPlaces } from './places.js';
import type { Storage } from './storage.types.js';

/** Where this installation keeps its artefacts, and copies of them. */
@Injectable()
export class StorageService implements OnApplicationShutdown {
  readonly store: Storage;
  /** For copies, the nearest first; empty when none is configured. */
  readonly places: readonly ObjectStore[];

  constructor(settings: Settings, clock: Clock) {
    const { env } = settings;
    try {
      mkdirSync(env.HOLDFAST_BACKUP_DIR, { recursive: true });
    } catch (error) {
      throw new DomainError(
        'storage-unavailable',
        `HOLDFAST_BACKUP_DIR cannot be used as a folder (${errorCodeOf(error) ?? 'unknown reason'}).`,
        { cause: error },
      );
    }
    this.store = new LocalStorage(env.HOLDFAST_BACKUP_DIR);
    this.places = configuredPlaces(settings, clock);
  }

  onApplicationShutdown(): void {
    this.store.close();
  }
}
