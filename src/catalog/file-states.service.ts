import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { isDomainError } from '../common/errors.js';
import { StorageService } from '../storage/storage.service.js';
import { BackupEntity } from './backup.entity.js';
import type { FileState, ListedBackup } from './catalog.types.js';
import { Elsewhere } from './elsewhere.types.js';

/** What became of a backup's files since it was made: a look at them, and what a verification once read in them. */
@Injectable()
export class FileStatesService {
  constructor(
    private readonly storage: StorageService,
    private readonly artefacts: ArtefactsService,
    private readonly elsewhere: Elsewhere,
  ) {}

  async withStates(backups: readonly BackupEntity[]): Promise<ListedBackup[]> {
    const byBackup = await this.elsewhere.copiesOf(backups.map(({ id }) => id));
    return Promise.all(
      backups.map(async (backup) => {
        const copies = byBackup.get(backup.id) ?? [];
        const here = await this.#stateHere(backup);
        const isElsewhere = here === 'missing' && copies.some(({ isGood }) => isGood);
        return { backup, copies, state: isElsewhere ? 'elsewhere' : here };
      }),
    );
  }

  async listed(backup: BackupEntity): Promise<ListedBackup> {
    const [listed] = await this.withStates([backup]);
    return listed as ListedBackup;
  }

  async stateOf(backup: BackupEntity): Promise<FileState> {
    return (await this.listed(backup)).state;
  }

  async #stateHere({ path, size, damage, contents }: BackupEntity): Promise<FileState> {
    try {
      const { store } = this.storage;
      const [artefact, manifest, list] = await Promise.all([
        store.stat(path),
        store.stat(this.artefacts.manifestPath(path)),
        contents?.documents ? store.stat(this.artefacts.documentListPath(path)) : true,
      ]);
      if (!artefact) return (await store.health()).exists ? 'missing' : 'unavailable';
      return artefact.bytes === size && manifest && list && !damage ? 'present' : 'damaged';
    } catch (error) {
      if (isDomainError(error)) return 'unavailable';
      throw error;
    }
  }
}
