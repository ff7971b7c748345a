import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { DumpEntity } from '../catalog/dump.entity.js';
import { DumpRecords } from '../catalog/dump-records.service.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { StorageService } from '../storage/storage.service.js';
import type { OpenedFile } from '../storage/storage.types.js';
import type { DumpState } from './dumps.types.js';

export type FileFacts = Pick<DumpEntity, 'size' | 'sha256' | 'identity'>;

/** The files of dumps: what goes out is what was published, to the byte, whatever happens to the names in the folder. */
@Injectable()
export class DumpFiles {
  readonly #log = new Logger('dumps');
  /** By dump: the file that was found not to be it. */
  readonly #known = new Map<number, string>();
  readonly #comparing = new Map<string, Promise<boolean>>();

  constructor(
    private readonly storage: StorageService,
    private readonly records: DumpRecords,
  ) {}

  /** Reads a file to its end. Throws DomainError `not-found`; `conflict` when somebody writes into it meanwhile. */
  async examine(path: string): Promise<FileFacts> {
    const file = await this.storage.store.openOnce(path);
    try {
      const facts = { size: file.bytes, sha256: await hashOf(file), identity: file.identity };
      if ((await this.#identityOf(path)) === file.identity) return facts;
    } finally {
      await file.close();
    }
    throw new DomainError('conflict', 'The file is being written. Publish it when that has ended.');
  }

  /**
   * The file of a dump, opened; the caller closes it. One that was touched or exchanged is compared by its hash first, once.
   * Throws DomainError `not-found` when it is not what was published.
   */
  async open(dump: DumpEntity): Promise<OpenedFile> {
    const file = await this.storage.store.openOnce(dump.path);
    try {
      if (file.identity === dump.identity || (await this.#isStill(dump, file))) return file;
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    throw new DomainError('not-found', 'The file is not the one that was published.');
  }

  async stateOf({ path, size, identity }: DumpEntity): Promise<DumpState> {
    try {
      const file = await this.storage.store.openOnce(path);
      await file.close();
      if (file.identity === identity) return 'present';
      return file.bytes === size ? 'unchecked' : 'changed';
    } catch (error) {
      if (isDomainError(error) && error.code === 'not-found') return 'missing';
      throw error;
    }
  }

  async #isStill(dump: DumpEntity, file: OpenedFile): Promise<boolean> {
    if (file.bytes !== dump.size || this.#known.get(dump.id) === file.identity) return false;
    const key = `${dump.id} ${file.identity}`;
    const comparing = this.#comparing.get(key) ?? this.#compare(dump, file);
    this.#comparing.set(key, comparing);
    try {
      return await comparing;
    } finally {
      this.#comparing.delete(key);
    }
  }

  async #compare(dump: DumpEntity, file: OpenedFile): Promise<boolean> {
    const isSame = (await hashOf(file)) === dump.sha256;
    if (isSame) await this.records.change(dump, { identity: file.identity });
    else {
      this.#known.set(dump.id, file.identity);
      this.#log.warn({ msg: 'the file of a dump was changed; nobody gets it', dump: dump.id });
    }
    return isSame;
  }

  async #identityOf(path: string): Promise<string> {
    const file = await this.storage.store.openOnce(path);
    await file.close();
    return file.identity;
  }
}

async function hashOf(file: OpenedFile): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(file.read({ start: 0, end: Number.MAX_SAFE_INTEGER }), hash);
  return hash.digest('hex');
}
