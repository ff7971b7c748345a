import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import { DocumentsService } from '../documents/documents.service.js';
import type { DocumentObject } from '../documents/documents.types.js';
import { EncryptionService } from '../encryption/encryption.service.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import { ProvenBytes } from './proven-bytes.js';
import { storedName } from './stored-name.js';

/** The documents of a backup, there and back: its list, and each content once for all backups of a place. */
@Injectable()
export class CopiedDocuments {
  constructor(
    private readonly documents: DocumentsService,
    private readonly artefacts: ArtefactsService,
    private readonly storage: StorageService,
    private readonly encryption: EncryptionService,
  ) {}

  /** Throws as ObjectStore.put, and DomainError `artefact-damaged` for a content that is not what it was. */
  async send(path: string, manifest: Manifest, place: ObjectStore, signal: AbortSignal): Promise<void> {
    if (!manifest.documents) return;
    for await (const object of this.documents.objectsOf(path, manifest.documents)) {
      signal.throwIfAborted();
      const { enabled } = this.encryption;
      const key = storedName(object.key, enabled);
      // A content has its hash for a name: what has the name is that content.
      if (await place.stat(key)) continue;
      const bytes = enabled ? await this.encryption.sizeOf(object.bytes) : object.bytes;
      await place.put(key, { bytes, open: () => this.#read(object) }, { signal });
    }
  }

  async #read({ key, bytes, sha256 }: DocumentObject): Promise<Readable> {
    const proven = ProvenBytes.of(await this.storage.store.open(key), { size: bytes, sha256 });
    return this.encryption.enabled ? this.encryption.encrypt(proven) : proven;
  }

  /** Brings back what is not in the backup folder: the list, and then what it names. Throws as FetchCopy.fetch. */
  async fetch(path: string, { documents, encryption }: Manifest, place: ObjectStore): Promise<void> {
    if (!documents) return;
    const recipients = encryption?.recipients ?? null;
    const list = { key: this.artefacts.documentListPath(path), bytes: null, sha256: documents.list_sha256 };
    await this.#bring(list, place, recipients);
    let isList = true;
    for await (const object of this.documents.objectsOf(path, documents)) {
      if (!isList && !(await this.documents.isRight(object))) await this.#bring(object, place, recipients);
      isList = false;
    }
  }

  async #bring(
    { key, bytes, sha256 }: Omit<DocumentObject, 'bytes'> & { bytes: number | null },
    place: ObjectStore,
    recipients: string[] | null,
  ): Promise<void> {
    const pending = await this.storage.store.create(key, { replace: true });
    try {
      const stored = await place.open(storedName(key, recipients !== null));
      const plain = recipients === null ? stored : await this.encryption.decrypt(stored, recipients);
      const proven = ProvenBytes.of(plain, { size: bytes, sha256 });
      await pending.write(proven);
      await pending.publish(proven.bytes);
    } finally {
      await pending.discard();
    }
  }
}
