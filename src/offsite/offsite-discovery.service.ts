import { Injectable, Logger } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import type { UnlistedFile } from '../catalog/catalog.types.js';
import { DiscoveryService } from '../catalog/discovery.service.js';
import { isDomainError } from '../common/errors.js';
import { documentStore } from '../documents/documents.types.js';
import { EncryptionService } from '../encryption/encryption.service.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import { CopyRows } from './copy-rows.service.js';
import { FetchCopy } from './fetch-copy.js';
import { keyWarnings } from './key-warnings.js';
import { storedName } from './stored-name.js';
import { UnseenPlaces } from './unseen-places.service.js';

export interface OffsiteDiscoveryReport {
  /** How many backups the catalogue did not know, or not that they are there. */
  found: number;
  /** What stands in a place and is no backup. */
  unlisted: UnlistedFile[];
}

/** All that is kept of each manifest, of which there may be many. */
type Encryption = Pick<Manifest, 'encryption'>;

/**
 * Copies that stand in a place and not in the catalogue: those of a machine that was lost, or of another installation. With
 * the manifests alone they become rows, as what is found in the backup folder does; nothing is fetched until somebody needs it.
 */
@Injectable()
export class OffsiteDiscovery {
  readonly #log = new Logger('offsite');
  /** Why a place could not be looked through, by its location. */
  readonly #told = new Map<string, string>();
  #isUnfinished = false;

  constructor(
    private readonly storage: StorageService,
    private readonly artefacts: ArtefactsService,
    private readonly catalog: DiscoveryService,
    private readonly rows: CopyRows,
    private readonly fetching: FetchCopy,
    private readonly encryption: EncryptionService,
    private readonly unseen: UnseenPlaces,
  ) {}

  /** Whether the places may hold backups that a new catalogue does not list yet. */
  get isUnfinished(): boolean {
    return this.#isUnfinished;
  }

  /** At the start: remembers what to look through. */
  async begin(): Promise<void> {
    await this.unseen.remember();
    this.#isUnfinished = (await this.unseen.list()).length > 0;
  }

  /** Looks through what is left. A place that cannot be listed is tried again the next time. */
  async goOn(): Promise<void> {
    if (!this.#isUnfinished) return;
    for (const place of await this.unseen.list()) {
      try {
        await this.#in([place]);
      } catch (error) {
        if (!isDomainError(error)) throw error;
        this.#tell(place, `What ${place.location} holds is not known yet: ${error.detail}`);
      }
    }
    this.#isUnfinished = (await this.unseen.list()).length > 0;
  }

  /** Once for each reason: it is tried every few seconds. */
  #tell({ location }: ObjectStore, reason: string): void {
    if (this.#told.get(location) !== reason) this.#log.warn(reason);
    this.#told.set(location, reason);
  }

  /** Throws DomainError `storage-unavailable` when a place cannot be listed: what it holds is unknown then, not nothing. */
  everywhere(): Promise<OffsiteDiscoveryReport> {
    return this.#in(this.storage.places);
  }

  async #in(places: readonly ObjectStore[]): Promise<OffsiteDiscoveryReport> {
    const report: OffsiteDiscoveryReport = { found: 0, unlisted: [] };
    const adopted: Encryption[] = [];
    for (const place of places) {
      await this.#look(place, adopted, report.unlisted);
      await this.unseen.seen(place);
    }
    report.found = adopted.length;
    if (report.found > 0) this.#log.warn(`${report.found} copies were found that the catalogue did not know`);
    for (const warning of keyWarnings(adopted, this.encryption)) this.#log.warn(warning);
    return report;
  }

  async #look(place: ObjectStore, adopted: Encryption[], unlisted: UnlistedFile[]): Promise<void> {
    const sizes = new Map<string, number>();
    const artefacts: string[] = [];
    for await (const { key, bytes } of place.walk('')) {
      const artefact = this.artefacts.artefactOf(key);
      if (artefact !== null) artefacts.push(artefact);
      // Of documents there may be millions.
      else if (!key.startsWith(`${documentStore}/`)) sizes.set(key, bytes);
    }
    const known = await this.rows.pathsIn(place.location);
    for (const path of artefacts.filter((artefact) => !known.has(artefact))) {
      const outcome = await this.#adopt(place, path, sizes);
      if (typeof outcome === 'string') unlisted.push({ path: `${place.location}/${path}`, reason: outcome });
      else adopted.push({ encryption: outcome.encryption });
    }
  }

  /** The manifest, or why there is none. */
  async #adopt(
    place: ObjectStore,
    path: string,
    sizes: ReadonlyMap<string, number>,
  ): Promise<Manifest | string> {
    try {
      const manifest = await this.fetching.manifest(place, path);
      const stored = storedObject(path, manifest);
      if (sizes.get(stored.key) !== stored.size) return 'there is a manifest without its artefact';
      const refused = await this.catalog.adopt(manifest, path);
      if (refused !== null) return refused;
      const url = `${place.location}/${stored.key}`;
      await this.rows.adopt({ backupId: manifest.id, place: place.location, path, url, ...stored });
      return manifest;
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'artefact-damaged') throw error;
      return error.detail;
    }
  }
}

/** Under which name the artefact stands there, and what it is. */
function storedObject(path: string, { encryption, size, sha256 }: Manifest) {
  if (encryption === null) return { key: path, size, sha256, recipients: null };
  const { recipients, size: encryptedSize, sha256: encryptedHash } = encryption;
  return { key: storedName(path, true), size: encryptedSize, sha256: encryptedHash, recipients };
}
