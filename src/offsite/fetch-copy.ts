import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { DomainError } from '../common/errors.js';
import { EncryptionService } from '../encryption/encryption.service.js';
import type { EngineKind } from '../engines/engine.types.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import type { OffsiteCopy } from './offsite-copy.entity.js';
import { CopiedDocuments } from './copied-documents.js';
import { ProvenBytes } from './proven-bytes.js';

/** A manifest lists tables; more than this is none. */
const longestManifest = 256 * 1024 * 1024;

/** One copy back into the backup folder. */
@Injectable()
export class FetchCopy {
  constructor(
    private readonly artefacts: ArtefactsService,
    private readonly storage: StorageService,
    private readonly documents: CopiedDocuments,
    private readonly encryption: EncryptionService,
  ) {}

  /**
   * The file appears when it is whole and is what was backed up, over what stood there; then the manifest. Throws DomainError
   * `artefact-damaged` when the copy is not, `not-found`, `no-space`, `storage-unavailable`, and what the decryption throws.
   */
  async fetch(backup: BackupEntity, copy: OffsiteCopy, place: ObjectStore): Promise<void> {
    const manifest = await this.manifest(place, backup.path);
    this.artefacts.mustFit(manifest, backup, backup.engine as EngineKind);
    await this.#mustHaveSpace(manifest.size);
    await this.documents.fetch(backup.path, manifest, place);
    const pending = await this.storage.store.create(backup.path, { replace: true });
    try {
      await pending.write(ProvenBytes.of(await this.#open(copy, place), manifest));
      await pending.publish(manifest.size);
    } finally {
      await pending.discard();
    }
    await this.artefacts.writeManifest(backup.path, { ...manifest, encryption: null });
  }

  async #open({ key, recipients }: OffsiteCopy, place: ObjectStore): Promise<Readable> {
    const stored = await place.open(key);
    return recipients === null ? stored : this.encryption.decrypt(stored, recipients);
  }

  /** Throws DomainError `artefact-damaged`, `not-found`, `storage-unavailable`. */
  async manifest(place: ObjectStore, path: string): Promise<Manifest> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of await place.open(this.artefacts.manifestPath(path))) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > longestManifest) {
        throw new DomainError('artefact-damaged', `What stands in ${place.location} is no manifest.`);
      }
    }
    return this.artefacts.parseManifest(Buffer.concat(chunks).toString('utf8'));
  }

  async #mustHaveSpace(bytes: number): Promise<void> {
    const { freeBytes } = await this.storage.store.health();
    if (freeBytes === null || freeBytes > bytes) return;
    throw new DomainError(
      'no-space',
      `The backup has ${bytes} bytes, and the backup folder has ${freeBytes} left. Make room, and ask again.`,
    );
  }
}
