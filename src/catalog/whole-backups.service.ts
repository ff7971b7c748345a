import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import { isDomainError } from '../common/errors.js';
import { DocumentsService } from '../documents/documents.service.js';
import type { DocumentFacts } from '../documents/documents.types.js';
import type { EngineKind } from '../engines/engine.types.js';
import { StorageService } from '../storage/storage.service.js';
import { BackupEntity } from './backup.entity.js';
import { Elsewhere } from './elsewhere.types.js';
import { FileStatesService } from './file-states.service.js';

/** Backups as whoever reads one needs them: here and whole, fetched from a copy when the file here is not. */
@Injectable()
export class WholeBackups {
  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly artefacts: ArtefactsService,
    private readonly storage: StorageService,
    private readonly docs: DocumentsService,
    private readonly files: FileStatesService,
    private readonly elsewhere: Elsewhere,
  ) {}

  /**
   * The manifest, once the whole file was read and compared with it. Throws DomainError `not-found`, `artefact-damaged`,
   * `artefact-unfit`, and what Elsewhere.bringBack throws.
   */
  manifest(backup: BackupEntity, engine: EngineKind): Promise<Manifest> {
    return this.reading(backup, () => this.#checked(backup, engine));
  }

  /** Sees to it that the contents of a backup's documents are here and right. Throws as `manifest`. */
  documents(backup: BackupEntity, facts: DocumentFacts): Promise<void> {
    return this.reading(backup, () => this.docs.verify(backup.path, facts));
  }

  /** Reads a backup, and again after what was missing or damaged of it was brought back. Throws what the reading throws. */
  async reading<T>(backup: BackupEntity, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      const isFileAtFault = isDomainError(error) && ['not-found', 'artefact-damaged'].includes(error.code);
      if (!isFileAtFault || !(await this.#bringBack(backup))) throw error;
      return read();
    }
  }

  async #checked(backup: BackupEntity, engine: EngineKind): Promise<Manifest> {
    const manifest = await this.artefacts.manifestOf(backup, engine);
    await this.artefacts.verify(backup.path, manifest);
    return manifest;
  }

  /** Absolute path of a file that a web server may send. Throws DomainError `not-found`, and what bringBack throws. */
  async path(backup: BackupEntity): Promise<string> {
    const state = await this.files.stateOf(backup);
    if (state !== 'present' && state !== 'unavailable') await this.#bringBack(backup);
    return this.storage.store.localPath(backup.path);
  }

  /** What was once found wrong with the file that it replaces is forgotten; what is wrong with its contents stays so. */
  async #bringBack(backup: BackupEntity): Promise<boolean> {
    if (backup.damage && backup.damage.level !== 'stored') return false;
    if (!(await this.elsewhere.bringBack(backup))) return false;
    const { damage } = backup;
    if (damage) {
      await this.backups.update({ id: backup.id }, { damage: null });
      backup.damage = null;
    }
    return true;
  }

  /** Whether its file stands in the backup folder, as far as a look tells. */
  async isHere(backup: BackupEntity): Promise<boolean> {
    return (await this.files.stateOf(backup)) === 'present';
  }

  /** Whether the backup can be read at all: here, or by way of a copy. */
  async isToBeHad(backup: BackupEntity): Promise<boolean> {
    return (await this.files.stateOf(backup)) !== 'missing';
  }
}
