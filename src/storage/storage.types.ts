import type { Readable } from 'node:stream';

/**
 * Where artefacts are kept. Paths are relative, with forward slashes, and never leave the storage's root; anything
 * else is `not-found`. One suite in test/contract/ runs against every driver.
 */
export interface Storage {
  /** For people: the folder's absolute path. */
  readonly location: string;
  describe(path: string): string;

  /**
   * Begins an artefact under a working name that no list shows. Its bytes become visible under `path` by `publish`,
   * all at once (invariant 1). Throws DomainError `storage-unavailable`, `no-space`, `conflict` when `path` exists and is
   * not to be replaced.
   */
  create(path: string, options?: { replace: boolean }): Promise<PendingArtefact>;
  /** A small file beside an artefact, written so that it appears whole or not at all. */
  putSmall(path: string, content: string): Promise<void>;
  getSmall(path: string): Promise<string>;

  /** Throws DomainError `not-found`. `start`, `end` in bytes, both inclusive. */
  open(path: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Reads a file to its end: its length in bytes, and its SHA-256, hexadecimal. Throws as `open`. */
  digest(path: string): Promise<FileDigest>;
  /** Whether anything has this name, be it a file or not: a folder, a symbolic link. */
  isTaken(path: string): Promise<boolean>;
  /** Null when there is no such file. */
  stat(path: string): Promise<StoredFile | null>;
  /** Names under a folder, without working files. A folder that does not exist is empty; any other failure throws. */
  list(folder: string): Promise<string[]>;
  /** All paths of the storage, sorted, without working files; nothing of the top folder `without`. */
  walk(without?: string): Promise<string[]>;
  /** Says that a file is in use again: it counts as modified `now`. Throws DomainError `not-found`. */
  freshen(path: string, now: Date): Promise<void>;
  remove(path: string): Promise<void>;
  /** Absolute path of a file that a web server may send; throws as `open`. */
  localPath(path: string): Promise<string>;
  /**
   * Opens a file once, and proves of what was opened that it is a regular file under the root: whoever exchanges names
   * meanwhile changes nothing. The caller closes it. Throws as `open`.
   */
  openOnce(path: string): Promise<OpenedFile>;

  health(): Promise<StorageHealth>;
  /** Removes working files whose writers are gone; those of living processes stay. Returns their names. */
  sweep(): Promise<string[]>;
  /** Ends this process's part in it, after its last write. */
  close(): void;
}

export interface OpenedFile extends StoredFile {
  /** Another file, or a changed one, has another. */
  identity: string;
  /** From the file that was opened, whatever its name leads to by now. `start`, `end` in bytes, both inclusive. */
  read(range?: { start: number; end: number }): Readable;
  close(): Promise<void>;
}

export interface FileDigest {
  bytes: number;
  sha256: string;
}

export interface PendingArtefact {
  /** Writes the stream to its end. Backpressure holds; on failure nothing of it remains. */
  write(content: Readable): Promise<void>;
  /** Makes what was written durable and visible. `bytes`: how many were expected; fewer or more is an error. */
  publish(bytes: number): Promise<void>;
  /** Removes what was written. Safe to call at any time; after `publish` it does nothing. */
  discard(): Promise<void>;
}

export interface StoredFile {
  bytes: number;
  modifiedAt: Date;
}

export interface StorageHealth {
  exists: boolean;
  writable: boolean;
  freeBytes: number | null;
}
