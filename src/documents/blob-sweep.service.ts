import { Injectable, Logger } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { Clock } from '../common/clock.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import { StorageService } from '../storage/storage.service.js';
import { BlobsService } from './blobs.service.js';
import { readList } from './document-list.js';
import { documentStore } from './documents.types.js';
import { NameSpool } from './name-spool.js';

/**
 * A content that no list names stays for so long after it was last stored or named: the backup that did may still be under
 * way, and its list not yet there.
 */
const graceMs = 24 * 3_600_000;
const restMs = 24 * 3_600_000;

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
    // Most installations have none, and are spared the look.
    if (!(await this.storage.store.isTaken(documentStore))) return 0;
    const paths = await this.storage.store.walk(documentStore);
    const lists = paths.filter((path) => this.artefacts.artefactOfList(path) !== null);
    const now = this.clock.now().getTime();
    const known = this.#clean;
    if (known && known.lists === lists.join('\n') && now - known.at < restMs) return 0;
    const { removed, left } = await this.exclusive.inFolder({}, async ({ workFolder }) => {
      const spool = new NameSpool(workFolder);
      await this.#spoolNames(lists, spool);
      return this.#removeOthers(spool);
    });
    this.#clean = left === 0 ? { lists: lists.join('\n'), at: now } : null;
    if (removed > 0) this.#log.log(`${removed} contents of documents that no backup names were removed`);
    return removed;
  }

  async #spoolNames(lists: Iterable<string>, spool: NameSpool): Promise<void> {
    for (const path of lists) {
      const { documents } = await readList(await this.storage.store.open(path));
      for await (const { sha256 } of documents) await spool.add(sha256);
    }
  }

  async #removeOthers(spool: NameSpool): Promise<{ removed: number; left: number }> {
    const outcome = { removed: 0, left: 0 };
    for (const prefix of spool.prefixes) {
      const named = await spool.names(prefix);
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
