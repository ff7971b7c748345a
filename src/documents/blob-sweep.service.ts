import { Injectable, Logger } from '@nestjs/common';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { Clock } from '../common/clock.js';
import { errorCodeOf } from '../common/errors.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import { StorageService } from '../storage/storage.service.js';
import { BlobsService } from './blobs.service.js';
import { readList } from './document-list.js';
import { documentStore } from './documents.types.js';

/**
 * A content that no list names stays for so long after it was last stored or named: the backup that did may still be under
 * way, and its list not yet there.
 */
const graceMs = 24 * 3_600_000;
const restMs = 24 * 3_600_000;
const pendingAtMost = 50_000;

/** Removes contents of documents that no list names any more. */
@Injectable()
export class BlobSweep {
  readonly #log = new Logger('documents');
  /** The lists, and when that was, when nothing was left to remove. */
  #clean: { lists: string; at: number } | null = null;

  constructor(
    private readonly storage: StorageService,
    private readonly artefacts: ArtefactsService,
    private readonly blobs: BlobsService,
    private readonly exclusive: ExclusiveWorkService,
    private readonly clock: Clock,
  ) {}

  /**
   * How many were removed. Looks at nothing while the lists are those of the last sweep, but once a day. Throws DomainError
   * `artefact-damaged`, with nothing removed, when a list cannot be read: it may name anything.
   */
  async sweep(): Promise<number> {
    const paths = await this.storage.store.walk(documentStore);
    const lists = paths.filter((path) => this.artefacts.artefactOfList(path) !== null);
    const now = this.clock.now().getTime();
    const known = this.#clean;
    if (known && known.lists === lists.join('\n') && now - known.at < restMs) return 0;
    const { removed, left } = await this.exclusive.inFolder({}, async ({ workFolder }) => {
      await this.#spoolNames(lists, workFolder);
      return this.#removeOthers(workFolder);
    });
    this.#clean = left === 0 ? { lists: lists.join('\n'), at: now } : null;
    if (removed > 0) this.#log.log(`${removed} contents of documents that no backup names were removed`);
    return removed;
  }

  /** By their first two digits into files, so that a part of them is in memory at a time. */
  async #spoolNames(lists: Iterable<string>, folder: string): Promise<void> {
    let pending = new Map<string, string[]>();
    let count = 0;
    const flush = async () => {
      for (const [prefix, names] of pending) await appendFile(join(folder, prefix), `${names.join('\n')}\n`);
      pending = new Map();
      count = 0;
    };
    for (const path of lists) {
      const { documents } = await readList(await this.storage.store.open(path));
      for await (const { sha256 } of documents) {
        const prefix = sha256.slice(0, 2);
        const names = pending.get(prefix) ?? [];
        pending.set(prefix, names);
        names.push(sha256);
        count += 1;
        if (count >= pendingAtMost) await flush();
      }
    }
    await flush();
  }

  async #removeOthers(folder: string): Promise<{ removed: number; left: number }> {
    const outcome = { removed: 0, left: 0 };
    for (let number = 0; number < 256; number += 1) {
      const prefix = number.toString(16).padStart(2, '0');
      const named = await namesIn(join(folder, prefix));
      for (const name of await this.storage.store.list(`${documentStore}/${prefix}`)) {
        if (named.has(name) || !/^[0-9a-f]{64}$/.test(name)) continue;
        if (await this.#isInGrace(name)) outcome.left += 1;
        else {
          await this.blobs.forget(name);
          outcome.removed += 1;
        }
      }
    }
    return outcome;
  }

  async #isInGrace(sha256: string): Promise<boolean> {
    const file = await this.storage.store.stat(this.blobs.keyOf(sha256));
    return file !== null && this.clock.now().getTime() - file.modifiedAt.getTime() < graceMs;
  }
}

async function namesIn(path: string): Promise<Set<string>> {
  try {
    return new Set((await readFile(path, 'utf8')).split('\n'));
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return new Set();
    throw error;
  }
}
