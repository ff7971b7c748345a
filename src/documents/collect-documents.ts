import { createReadStream } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { mapAtOnce } from '../common/at-once.js';
import { writeNewFile } from '../common/atomic-file.js';
import { boundedLines } from '../common/bounded-lines.js';
import { errorCodeOf } from '../common/errors.js';
import type { Storage } from '../storage/storage.types.js';
import type { BlobsService } from './blobs.service.js';
import type { ListWriter } from './document-list.js';
import type { DocumentFolder, DocumentOwner, DocumentScope, DocumentWatch } from './documents.types.js';
import { PendingList } from './pending-list.js';
import { takeDocument, type Taken } from './take-document.js';
import { type Met, walkFolder } from './walk-folder.js';

/** A disk that makes small files durable one by one is waited for most of the time. */
const atOnce = 4;

interface Source {
  scope: DocumentScope;
  owner: DocumentOwner;
  backupId: string;
  /** A working file. */
  spool: string;
}

/**
 * The documents of one backup. `look` before the rows are read, `store` after: a file that rows of the snapshot speak of
 * was there when it was looked, or came later and is still there; one that went in between is missed, and said to be.
 */
export class CollectDocuments extends PendingList {
  #folders: DocumentFolder[] = [];

  constructor(
    store: Storage,
    private readonly blobs: BlobsService,
    private readonly source: Source,
  ) {
    super(store);
  }

  /** Writes down which files there are. */
  async look(signal?: AbortSignal): Promise<void> {
    const { scope, spool } = this.source;
    for (const folder of scope.folders) {
      if (await isFolder(folder.path)) this.#folders.push(folder);
      else this.miss({ path: folder.name, reason: 'is a folder that does not exist' });
    }
    await writeNewFile(spool, Readable.from(this.#found(signal), { objectMode: false }), 0o600);
  }

  async *#found(signal?: AbortSignal): AsyncGenerator<string> {
    for (const folder of this.#folders) {
      for await (const met of walkFolder(folder, this.source.scope)) {
        signal?.throwIfAborted();
        if (met.kind !== 'missed') yield `${JSON.stringify([met.path, met.absolute])}\n`;
      }
    }
  }

  protected async *lines(writer: ListWriter, watch: DocumentWatch): AsyncGenerator<string> {
    const { owner, backupId: backup, scope } = this.source;
    yield writer.begin({ backup, owner, folders: this.#folders.map(({ name }) => name) });
    for (const folder of this.#folders) {
      const takeOne = async (met: Met) => ({ path: met.path, taken: await this.#take(met, watch) });
      for await (const { path, taken } of mapAtOnce(walkFolder(folder, scope), atOnce, takeOne)) {
        if (typeof taken === 'string') this.miss({ path, reason: taken });
        else yield writer.add({ path, ...taken });
      }
    }
    await this.#missTheRemoved();
    yield writer.end();
  }

  #take(met: Met, watch: DocumentWatch): Promise<Taken | string> {
    watch.signal?.throwIfAborted();
    return met.kind === 'file' ? takeDocument(this.blobs, met.absolute, watch) : Promise.resolve(met.reason);
  }

  async #missTheRemoved(): Promise<void> {
    const named = new Set(this.missed);
    const lines = boundedLines(createReadStream(this.source.spool), Infinity, () => new Error('unbounded'));
    for await (const line of lines) {
      const [path, absolute] = JSON.parse(line.toString('utf8')) as [string, string];
      if (named.has(path) || (await isThere(absolute))) continue;
      this.miss({ path, reason: 'was removed while the backup was made' });
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** What cannot be looked at is not gone: it was read, or missed for that reason. */
async function isThere(absolute: string): Promise<boolean> {
  return lstat(absolute).then(
    () => true,
    (error: unknown) => errorCodeOf(error) !== 'ENOENT' && errorCodeOf(error) !== 'ENOTDIR',
  );
}

export function spoolIn(workFolder: string): string {
  return join(workFolder, 'documents.jsonl');
}
