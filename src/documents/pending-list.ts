import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ByteMeter } from '../common/byte-meter.js';
import type { PendingArtefact, Storage } from '../storage/storage.types.js';
import { ListWriter } from './document-list.js';
import type { DocumentCollection, DocumentFacts, DocumentWatch, MissedDocument } from './documents.types.js';

/** So many of those that are missed are named; the others are counted. */
const namedAtMost = 100;

/** The list of one backup under a working name, and what should be in it and is not. */
export abstract class PendingList implements DocumentCollection {
  readonly #missed: MissedDocument[] = [];
  #missedCount = 0;
  #pending: PendingArtefact | undefined;
  #bytes = 0;

  constructor(private readonly store: Storage) {}

  /** From its first line to its last. */
  protected abstract lines(writer: ListWriter, watch: DocumentWatch): AsyncIterable<string>;

  /** The paths of those that are named. */
  protected get missed(): readonly string[] {
    return this.#missed.map(({ path }) => path);
  }

  protected miss(missed: MissedDocument): void {
    this.#missedCount += 1;
    if (this.#missed.length < namedAtMost) this.#missed.push(missed);
  }

  async storeAll(listPath: string, watch: DocumentWatch): Promise<DocumentFacts> {
    this.#pending = await this.store.create(listPath);
    const writer = new ListWriter();
    const meter = new ByteMeter();
    const lines = Readable.from(this.lines(writer, watch), { objectMode: false });
    await Promise.all([pipeline(lines, meter), this.#pending.write(meter)]);
    this.#bytes = meter.bytes;
    return {
      files: writer.files,
      bytes: writer.bytes,
      list_sha256: meter.digest(),
      ...(this.#missedCount > 0 && { partial: { count: this.#missedCount, files: this.#missed } }),
    };
  }

  async publish(): Promise<void> {
    await this.#pending?.publish(this.#bytes);
  }

  async discard(): Promise<void> {
    await this.#pending?.discard();
  }
}
