import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Repository } from 'typeorm';
import { ByteMeter } from '../common/byte-meter.js';
import { Clock } from '../common/clock.js';
import { isDomainError } from '../common/errors.js';
import type { StoredFile } from '../storage/storage.types.js';
import { StorageService } from '../storage/storage.service.js';
import { DocumentBlobEntity } from './document-blob.entity.js';
import { documentStore } from './documents.types.js';

/** How long a content that was read and found right is taken for right while its file looks as it did. */
const trustedMs = 30 * 24 * 3_600_000;
/** A file that is named anew counts as modified now when it was not since; see `graceMs` in sweep-blobs.ts. */
const freshMs = 6 * 3_600_000;

interface Content {
  sha256: string;
  bytes: number;
}

/** Where the content of documents is kept: each once for all backups, under its hash. */
@Injectable()
export class BlobsService {
  constructor(
    @InjectRepository(DocumentBlobEntity) private readonly rows: Repository<DocumentBlobEntity>,
    private readonly storage: StorageService,
    private readonly clock: Clock,
  ) {}

  keyOf(sha256: string): string {
    return `${documentStore}/${sha256.slice(0, 2)}/${sha256}`;
  }

  /** Throws DomainError `not-found`. */
  open(sha256: string): Promise<Readable> {
    return this.storage.store.open(this.keyOf(sha256));
  }

  /** Whether the content is there and right; one that is damaged is removed, so that it can be stored anew. */
  async has(content: Content): Promise<boolean> {
    const key = this.keyOf(content.sha256);
    const file = await this.storage.store.stat(key);
    if (!file) return false;
    if ((await this.#faultOf(content, file, false)) !== null) {
      await this.storage.store.remove(key);
      return false;
    }
    const now = this.clock.now();
    if (now.getTime() - file.modifiedAt.getTime() > freshMs) {
      await this.storage.store.freshen(key, now);
      const fresh = await this.storage.store.stat(key);
      const modifiedMs = fresh?.modifiedAt.getTime() ?? 0;
      await this.rows.update({ sha256: content.sha256 }, { modifiedMs });
    }
    return true;
  }

  /**
   * Stores what the stream gives if it is that content; false, with nothing stored, if it is not. Throws DomainError
   * `no-space`, `storage-unavailable`.
   */
  async put({ sha256, bytes }: Content, content: Readable): Promise<boolean> {
    const pending = await this.storage.store.create(this.keyOf(sha256)).catch(nullIfTaken);
    // Another process was faster.
    if (!pending) return true;
    try {
      const meter = new ByteMeter();
      await Promise.all([pipeline(content, meter), pending.write(meter)]);
      if (meter.bytes !== bytes || meter.digest() !== sha256) return false;
      await pending.publish(bytes).catch(nullIfTaken);
      return true;
    } finally {
      content.destroy();
      await pending.discard();
    }
  }

  /**
   * What is wrong with a content: `is missing`; null when it is right. One that was found right lately is not read again
   * unless it is to be read `anew`.
   */
  async faultOf(content: Content, anew: boolean): Promise<string | null> {
    const file = await this.storage.store.stat(this.keyOf(content.sha256));
    return file ? this.#faultOf(content, file, anew) : 'is missing';
  }

  async #faultOf(content: Content, file: StoredFile, anew: boolean): Promise<string | null> {
    const { sha256, bytes } = content;
    if (file.bytes !== bytes) return `has ${file.bytes} bytes instead of ${bytes}`;
    if (!anew && (await this.#isTrusted(content, file))) return null;
    const found = await this.storage.store.digest(this.keyOf(sha256));
    if (found.sha256 !== sha256) return 'does not have the SHA-256 that is its name';
    await this.#trust(content, file.modifiedAt);
    return null;
  }

  async #isTrusted({ sha256 }: Content, { bytes, modifiedAt }: StoredFile): Promise<boolean> {
    const row = await this.rows.findOneBy({ sha256, bytes, modifiedMs: modifiedAt.getTime() });
    return row !== null && this.clock.now().getTime() - row.verifiedAt.getTime() < trustedMs;
  }

  async #trust({ sha256, bytes }: Content, modifiedAt: Date): Promise<void> {
    const verifiedAt = this.clock.now();
    const row = { sha256, bytes, modifiedMs: modifiedAt.getTime(), verifiedAt };
    await this.rows.upsert(row, ['sha256']);
  }

  async forget(sha256: string): Promise<void> {
    await this.storage.store.remove(this.keyOf(sha256));
    await this.rows.delete({ sha256 });
  }
}

function nullIfTaken(error: unknown): null {
  if (isDomainError(error) && error.code === 'conflict') return null;
  throw error;
}
