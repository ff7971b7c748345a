import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { Settings } from '../config/settings.js';
import type { EngineKind } from '../engines/engine.types.js';
import { StorageService } from '../storage/storage.service.js';
import type { ArtefactPart, WrittenArtefact } from './artefacts.types.js';
import { type Compression, compressionSuffix } from './compression.js';
import { type CataloguedArtefact, mustFit } from './manifest-fits.js';
import {
  artefactOf,
  artefactOfList,
  documentListPath,
  type Manifest,
  manifestPath,
  manifestText,
  parseManifest,
  readManifest,
  writeManifest,
} from './manifest.js';
import { openArtefact, verifyStored } from './read-artefact.js';
import { writeArtefact } from './write-artefact.js';

/** Artefacts and their manifests in this installation's storage. */
@Injectable()
export class ArtefactsService {
  constructor(
    private readonly storage: StorageService,
    private readonly settings: Settings,
  ) {}

  /** What a compression adds to a file name: ``, `.gz`, `.zst`. */
  suffix(compression: Compression): string {
    return compressionSuffix[compression];
  }

  write(
    path: string,
    parts: readonly ArtefactPart[],
    compression: Compression,
    onBytes?: (bytes: number) => void,
  ): Promise<WrittenArtefact> {
    const stallMs = this.settings.env.HOLDFAST_STALL_SECONDS * 1000;
    return writeArtefact(this.storage.store, path, parts, { compression, stallMs, onBytes });
  }

  writeManifest(path: string, manifest: Manifest): Promise<void> {
    return writeManifest(this.storage.store, path, manifest);
  }

  /** Throws DomainError `artefact-damaged` when it is missing, unreadable or of a version that we do not know. */
  readManifest(path: string): Promise<Manifest> {
    return readManifest(this.storage.store, path);
  }

  /** As it is written. */
  manifestText(manifest: Manifest): string {
    return manifestText(manifest);
  }

  /** Throws DomainError `artefact-damaged` for anything that is no manifest. */
  parseManifest(text: string): Manifest {
    return parseManifest(text);
  }

  manifestPath(path: string): string {
    return manifestPath(path);
  }

  /** The artefact that a manifest stands beside; null for the path of anything else. */
  artefactOf(path: string): string | null {
    return artefactOf(path);
  }

  /** Where the list of a backup's documents stands, if it has any. */
  documentListPath(path: string): string {
    return documentListPath(path);
  }

  /** The artefact that a list of documents stands beside; null for the path of anything else. */
  artefactOfList(path: string): string | null {
    return artefactOfList(path);
  }

  /**
   * The manifest, which must say what the catalogue says of `backup` and be of a database like `engine`. Throws
   * DomainError `artefact-damaged`, `artefact-unfit`.
   */
  async manifestOf(backup: CataloguedArtefact & { path: string }, engine: EngineKind): Promise<Manifest> {
    const manifest = await readManifest(this.storage.store, backup.path);
    mustFit(manifest, backup, engine);
    return manifest;
  }

  /** Throws as `manifestOf`. */
  mustFit(manifest: Manifest, backup: CataloguedArtefact, engine: EngineKind): void {
    mustFit(manifest, backup, engine);
  }

  /** Reads the whole file. Throws DomainError `not-found`, `artefact-damaged`. */
  verify(path: string, manifest: Manifest): Promise<void> {
    return verifyStored(this.storage.store, path, manifest);
  }

  /** The uncompressed bytes. */
  open(path: string, manifest: Manifest): Promise<Readable> {
    return openArtefact(this.storage.store, path, manifest);
  }

  /** The manifest goes first: an artefact without one is no backup, a manifest without its artefact a missing one. */
  async remove(path: string): Promise<void> {
    await this.storage.store.remove(manifestPath(path));
    await this.storage.store.remove(documentListPath(path));
    await this.storage.store.remove(path);
  }
}
