import type { Readable } from 'node:stream';
import type { PartRange } from '../engines/engine.types.js';

export type { Compression } from './compression.js';
export type { Manifest, ManifestDocuments } from './manifest.js';

/** Something that can be written into an artefact: an engine's part, a project's rows. */
export interface ArtefactPart {
  name: string;
  open(): Promise<Readable>;
}

export interface WrittenArtefact {
  /** Bytes of the file as stored. */
  size: number;
  /** Hexadecimal, of the file as stored. */
  sha256: string;
  uncompressedSize: number;
  parts: PartRange[];
  /** Makes it durable and visible (invariant 1). */
  publish(): Promise<void>;
  /** Removes what was written; after `publish` it does nothing. */
  discard(): Promise<void>;
}
