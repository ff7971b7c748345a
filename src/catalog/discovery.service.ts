import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import { isDomainError } from '../common/errors.js';
import { documentStore } from '../documents/documents.types.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import { StorageService } from '../storage/storage.service.js';
import { folderOf } from './backup-folders.js';
import { BackupEntity } from './backup.entity.js';
import type { ScopeKey, UnlistedFile } from './catalog.types.js';
import { foundRow, homeOf } from './manifest-rows.js';

export interface Discovery {
  found: BackupEntity[];
  unlisted: UnlistedFile[];
}

/**
 * Backups that stand in the backup folder and not in the catalogue: made by the command line or another installation,
 * or known to a catalogue that was lost. Their manifests make them rows, marked as found; what is no backup is named
 * with the reason. Nothing is removed and nothing made up.
 */
@Injectable()
export class DiscoveryService {
  readonly #log = new Logger('catalog');

  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly storage: StorageService,
    private readonly artefacts: ArtefactsService,
  ) {}

  /** Of all databases and projects. Throws DomainError `storage-unavailable`. */
  async everywhere(): Promise<Discovery> {
    return this.#discover(await this.storage.store.walk(documentStore));
  }

  /** Of one scope: a look into one folder, cheap enough for every list. Throws DomainError `storage-unavailable`. */
  async in(scope: ScopeKey): Promise<Discovery> {
    const folder = folderOf(scope);
    const names = await this.storage.store.list(folder);
    return this.#discover(names.map((name) => `${folder}/${name}`));
  }

  async #discover(paths: readonly string[]): Promise<Discovery> {
    const isManifest = (path: string) => this.artefacts.artefactOf(path) !== null;
    const manifests = new Set(paths.filter(isManifest));
    const lists = paths.filter((path) => this.artefacts.artefactOfList(path) !== null);
    const isList = new Set(lists);
    const artefacts = paths.filter((path) => !isManifest(path) && !isList.has(path));
    const known = await this.#known([
      ...artefacts,
      ...[...manifests].map((path) => this.#artefactOf(path)),
      ...lists.map((path) => this.artefacts.artefactOfList(path) ?? path),
    ]);
    const discovery: Discovery = { found: [], unlisted: [] };
    for (const path of [...manifests].filter((manifest) => !known.has(this.#artefactOf(manifest)))) {
      await this.#adopt(this.#artefactOf(path), discovery);
    }
    for (const path of artefacts) {
      if (known.has(path) || manifests.has(this.artefacts.manifestPath(path))) continue;
      discovery.unlisted.push({ path, reason: 'no manifest stands beside it' });
    }
    for (const path of lists) {
      const artefact = this.artefacts.artefactOfList(path) ?? path;
      if (known.has(artefact) || manifests.has(this.artefacts.manifestPath(artefact))) continue;
      discovery.unlisted.push({ path, reason: 'no manifest stands beside the artefact of these documents' });
    }
    if (discovery.found.length > 0) {
      this.#log.warn(`${discovery.found.length} backups were found that the catalogue did not know`);
    }
    return discovery;
  }

  #artefactOf(manifest: string): string {
    return this.artefacts.artefactOf(manifest) ?? manifest;
  }

  /** Paths of backups that are done, or that somebody is at: neither is news. */
  async #known(paths: readonly string[]): Promise<Set<string>> {
    const known = new Set<string>();
    for (let start = 0; start < paths.length; start += 500) {
      const where = {
        path: In(paths.slice(start, start + 500)),
        status: In(['done', 'running', 'pending', 'scheduled', 'removing']),
      };
      for (const { path } of await this.backups.find({ select: { path: true }, where })) known.add(path);
    }
    return known;
  }

  async #adopt(path: string, { found, unlisted }: Discovery): Promise<void> {
    const refuse = (reason: string) => void unlisted.push({ path, reason });
    try {
      const manifest = await this.artefacts.readManifest(path);
      if (!(await this.storage.store.stat(path))) return refuse('there is a manifest without its artefact');
      const refused = await this.adopt(manifest, path);
      if (refused !== null) return refuse(refused);
      found.push(await this.backups.findOneByOrFail({ id: manifest.id }));
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'artefact-damaged') throw error;
      refuse(error.detail);
    }
  }

  /**
   * Makes a row of the manifest that stands beside the artefact at `path`, wherever that is; one that there is stays. Null,
   * or why there is none.
   */
  async adopt(manifest: Manifest, path: string): Promise<string | null> {
    if (homeOf(manifest) !== path) return `its manifest says that it belongs to ${homeOf(manifest)}`;
    const row = foundRow(manifest);
    const same = await this.backups.findOneBy({ id: manifest.id });
    if (same && same.path !== path) return `the catalogue knows the same backup as ${same.path}`;
    if (same) {
      await this.backups.update({ id: same.id, status: In(['error', 'cancelled']) }, row as object);
      return null;
    }
    try {
      await this.backups.insert(row);
      return null;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      // Another process found it at the same moment; or another backup has its place.
      const isKnown = await this.backups.existsBy({ id: manifest.id });
      return isKnown ? null : 'the catalogue has another backup of that name';
    }
  }

  /** Whether the catalogue knows of nothing at all. */
  async isEmpty(): Promise<boolean> {
    return (await this.backups.count({ take: 1 })) === 0;
  }

  /** Makes the found ones ordinary: from now on retention counts them, and may remove them. */
  async accept(): Promise<number> {
    const { affected } = await this.backups.update({ origin: 'found' }, { origin: 'accepted' });
    return affected ?? 0;
  }
}
