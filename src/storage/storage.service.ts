import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { mkdirSync } from 'node:fs';
import { Settings } from '../config/settings.js';
import { DomainError, errorCodeOf } from '../common/errors.js';
import { LocalStorage } from './local/local-storage.js';
import type { Storage } from './storage.types.js';

/** Where this installation keeps its artefacts. */
@Injectable()
export class StorageService implements OnApplicationShutdown {
  readonly store: Storage;

  constructor({ env }: Settings) {
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
  }

  onApplicationShutdown(): void {
    this.store.close();
  }
}
