import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { EncryptionService } from '../encryption/encryption.service.js';
import type { EngineKind } from '../engines/engine.types.js';
import type { ObjectStore, StoredObject } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import type { OffsiteCopy } from './offsite-copy.entity.js';
import { CopiedDocuments } from './copied-documents.js';
import { NameOwners } from './name-owners.js';
import { ProvenBytes } from './proven-bytes.js';
import { storedName } from './stored-name.js';

export type MadeCopy = Pick<OffsiteCopy, 'size' | 'sha256' | 'url'>;

/**
 * One backup into one place: the artefact, encrypted if there are recipients, its documents, and then the manifest. Without its manifest a
 * copy does not exist, so that one that was cut short is never taken for one.
 */
@Injectable()
export class SendCopy {
  constructor(
    private readonly artefacts: ArtefactsService,
    private readonly storage: StorageService,
    private readonly documents: CopiedDocuments,
    private readonly encryption: EncryptionService,
    private readonly owners: NameOwners,
  ) {}

  /** Under which name the artefact will stand in a place, and for whom it is encrypted. */
  target({ path }: BackupEntity): Pick<OffsiteCopy, 'key' | 'recipients'> {
    const { enabled, recipients } = this.encryption;
    return { key: storedName(path, enabled), recipients: enabled ? [...recipients] : null };
  }

  /**
   * What is sent is compared with the catalogue on its way. Throws DomainError `artefact-damaged` when the file here is not
   * what was backed up, `conflict` when another backup has the name there, `not-found`, and what ObjectStore.put throws.
   */
  async send(backup: BackupEntity, place: ObjectStore, signal: AbortSignal): Promise<MadeCopy> {
    const manifest = await this.artefacts.manifestOf(backup, backup.engine as EngineKind);
    const { enabled } = this.encryption;
    const { key } = this.target(backup);
    const named = { backupId: backup.id, path: backup.path };
    await this.owners.mustNotBeAnothers(place, named);
    const bytes = enabled ? await this.encryption.sizeOf(manifest.size) : manifest.size;
    const content = { bytes, open: () => this.#open(backup.path, manifest) };
    const stored = await place.put(key, content, { signal });
    await this.documents.send(backup.path, manifest, place, signal);
    // Nobody waits for a lock: somebody else's may have become whole meanwhile. They find theirs overwritten, and make it anew.
    await this.owners.mustNotBeAnothers(place, named);
    await this.#putManifest(place, backup.path, this.#manifestOf(manifest, stored), signal);
    const { bytes: size, sha256 } = stored;
    const url = stored.url ?? `${place.location}/${key}`;
    return { size, sha256, url };
  }

  async #open(path: string, manifest: Manifest): Promise<Readable> {
    const proven = ProvenBytes.of(await this.storage.store.open(path), manifest);
    return this.encryption.enabled ? this.encryption.encrypt(proven) : proven;
  }

  #manifestOf(manifest: Manifest, { bytes: size, sha256 }: StoredObject): Manifest {
    if (!this.encryption.enabled) return manifest;
    const { recipients } = this.encryption;
    const format = 'age-encryption.org/v1' as const;
    return { ...manifest, encryption: { format, recipients: [...recipients], size, sha256 } };
  }

  async #putManifest(
    place: ObjectStore,
    path: string,
    manifest: Manifest,
    signal: AbortSignal,
  ): Promise<void> {
    const text = Buffer.from(this.artefacts.manifestText(manifest));
    const content = { bytes: text.length, open: () => Promise.resolve(Readable.from([text])) };
    await place.put(this.artefacts.manifestPath(path), content, { signal });
  }
}
