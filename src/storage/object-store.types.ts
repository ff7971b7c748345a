import type { Readable } from 'node:stream';

/** The drivers that there are. */
export type PlaceKind = 'local' | 's3' | 'cloudinary';

/**
 * A place for copies of artefacts, away from the backup folder: another folder, S3-compatible object storage, Cloudinary.
 * Keys are relative, with forward slashes, no segment that begins with a dot, no control characters and at most 900 bytes
 * (object-keys.ts); anything else is `bad-input`. Every method throws DomainError `storage-unavailable` (PlaceError) when
 * the place cannot be asked or refuses, with what it said and never with credentials. One suite in test/contract/ runs
 * against every driver.
 */
export interface ObjectStore {
  readonly kind: PlaceKind;
  /** For people, without credentials: `s3://bucket/prefix`. */
  readonly location: string;

  /**
   * Stores the content under `key`, whole or not at all, over what was there. The bytes that arrived are compared with
   * those that were sent by the place itself where it can, and by their count and hash otherwise: a difference is
   * `artefact-damaged`, and nothing remains. Memory is bounded whatever the size. Also throws `no-space`, `cancelled`.
   */
  put(key: string, content: ObjectContent, options?: PutOptions): Promise<StoredObject>;
  /**
   * `start`, `end` in bytes, both inclusive; an `end` behind the last byte means the last byte. Throws DomainError
   * `not-found`, and `bad-range` when `start` is behind the last byte.
   */
  open(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Null when there is no such object. */
  stat(key: string): Promise<{ bytes: number; modifiedAt: Date } | null>;
  /**
   * All keys that begin with `prefix`, in no order; `''` for all. What stands there and is no key (a working file, a marker
   * for a folder) is left out. An error is an error, never an empty list.
   */
  walk(prefix: string): AsyncIterable<{ key: string; bytes: number }>;
  /** What is gone already is no error. Throws DomainError `conflict` while a lock keeps the object. */
  remove(key: string): Promise<void>;
  /** An address that needs no header, for `seconds`; null where the place has none. `filename`: as what it is saved. */
  link(key: string, options: { seconds: number; filename: string }): Promise<string | null>;
  /** Keeps the object from being removed by anybody until told otherwise; false where the place cannot. */
  hold(key: string, on: boolean): Promise<boolean>;
  /** Writes, reads and removes a small object. */
  check(): Promise<void>;
  /**
   * Removes what puts left behind that nobody could end (a machine that went off), when nothing was heard of it for a day.
   * Returns how many there were.
   */
  sweep(): Promise<number>;
}

export interface ObjectContent {
  /** Opened once for each attempt. */
  open(): Promise<Readable>;
  /** Null when nobody knows it before. */
  bytes: number | null;
}

export interface PutOptions {
  signal?: AbortSignal;
  /** Hears of the bytes that were sent since it last heard; of 0 when something else went on. */
  onBytes?: (bytes: number) => void;
}

/** What was stored. */
export interface StoredObject {
  bytes: number;
  /** Of the bytes that were sent, hexadecimal. */
  sha256: string;
  /** An address by which the place shows it to whoever may see it; null where there is none. */
  url: string | null;
}
