import { Injectable, Logger } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import { DocumentNames } from '../documents/document-names.service.js';
import { documentStore } from '../documents/documents.types.js';
import { EncryptionService } from '../encryption/encryption.service.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { CopyRows } from './copy-rows.service.js';
import { encryptedEnding } from './stored-name.js';
import { SweepLeases } from './sweep-leases.service.js';

/** Removes contents of documents from a place that no list there names any more. */
@Injectable()
export class DocumentSweep {
  readonly #log = new Logger('offsite');

  constructor(
    private readonly artefacts: ArtefactsService,
    private readonly names: DocumentNames,
    private readonly exclusive: ExclusiveWorkService,
    private readonly encryption: EncryptionService,
    private readonly rows: CopyRows,
    private readonly leases: SweepLeases,
  ) {}

  /**
   * How many were removed; none while something is copied there. Throws, with nothing removed, when a list cannot be read,
   * since it may name anything: DomainError `artefact-damaged`, `key-missing`, `storage-unavailable`.
   */
  async sweep(place: ObjectStore): Promise<number> {
    const removed = await this.leases.during(place.location, async () => {
      // Asked after the lease is written: who copies looks for it after his claim.
      if (await this.rows.isCopying(place.location)) return 0;
      return this.exclusive.inFolder({}, ({ workFolder }) => this.#sweep(place, workFolder));
    });
    if (removed) this.#log.log(`${removed} contents of documents were removed from ${place.location}`);
    return removed ?? 0;
  }

  async #sweep(place: ObjectStore, workFolder: string): Promise<number> {
    const named = this.names.spool(workFolder);
    for await (const { key } of place.walk('')) {
      if (this.artefacts.artefactOfList(plainName(key)) === null) continue;
      for await (const name of this.names.in(await this.#open(place, key))) await named.add(name);
    }
    let removed = 0;
    for (const prefix of named.prefixes) {
      const wanted = await named.names(prefix);
      for await (const { key } of place.walk(`${documentStore}/${prefix}/`)) {
        const name = plainName(key).slice(`${documentStore}/${prefix}/`.length);
        if (wanted.has(name) || !/^[0-9a-f]{64}$/.test(name)) continue;
        await place.remove(key);
        removed += 1;
      }
    }
    return removed;
  }

  async #open(place: ObjectStore, key: string): Promise<Readable> {
    const stored = await place.open(key);
    return key.endsWith(encryptedEnding) ? this.encryption.decrypt(stored, []) : stored;
  }
}

function plainName(key: string): string {
  return key.endsWith(encryptedEnding) ? key.slice(0, -encryptedEnding.length) : key;
}
