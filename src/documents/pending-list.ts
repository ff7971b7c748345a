import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ByteMeter } from '../common/byte-meter.js';
import type { PendingArtefact, Storage } from '../storage/storage.types.js';
import { ListWriter } from './document-list.js';
import type { DocumentFacts, MissedDocument } from './documents.types.js';

/** So many of those that are missed are named; the others are counted. */
const namedAtMost = 100;

/** The list of one backup under a working name, and what should be in it and is not. */
export class PendingList {
  readonly #missed: MissedDocument[] = [];
  #missedCount = 0;
  #pending: PendingArtefact | undefined;
  #bytes = 0;

  constructor(private readonly store: Storage) {}

  /** The paths of those that are named. */
  get missed(): readonly string[] {
    return this.#missed.map(({ path }) => path);
  }

  miss(missed: MissedDocument): void {
    this.#missedCount += 1;
    if (this.#missed.length < namedAtMost) this.#missed.push(missed);
  }

  async write(path: string, linesOf: (writer: ListWriter) => AsyncIterable<string>): Promise<DocumentFacts> {
    this.#pending = await this.store.create(path);
    const writer = new ListWriter();
    const meter = new ByteMeter();
    const lines = Readable.from(linesOf(writer), { objectMode: false });
    await Promise.all([pipeline(lines, meter), this.#pending.write(meter)]);
    this.#bytes = meter.bytes;
    return {
      files: writer.files,
      bytes: writer.bytes,
      list_sha256: meter.digest(),
      ...(this.#missedCount > 0 && { partial: { count: this.#missedCount, files: this.#missed } }),
    };
  }

  /** Makes the list durable and visible, after the artefact and before the manifest (invariant 1). */
  async publish(): Promise<void> {
    await this.#pending?.publish(this.#bytes);
  }

  /** After `publish` it does nothing. */
  async discard(): Promise<void> {
    await this.#pending?.discard();
  }
}
