import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createInterface } from 'node:readline';

/** Lines kept in a working file, so that a restore's changes need no memory; written first, read afterwards. */
export class Spool {
  #out: WriteStream | null = null;
  #pending: string[] = [];

  constructor(private readonly path: string) {}

  async add(line: string): Promise<void> {
    this.#pending.push(line);
    if (this.#pending.length >= 256) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    this.#out ??= createWriteStream(this.path, { mode: 0o600 });
    const room = this.#out.write(`${this.#pending.join('\n')}\n`);
    this.#pending = [];
    if (!room) await once(this.#out, 'drain');
  }

  /** Ends the writing. */
  async end(): Promise<void> {
    await this.#flush();
    if (!this.#out) return;
    this.#out.end();
    await finished(this.#out);
  }

  /** Batches of lines, bounded in number and in characters. */
  async *batches(lines: number, characters: number): AsyncGenerator<string[]> {
    if (!this.#out) return;
    let batch: string[] = [];
    let size = 0;
    for await (const line of createInterface({ input: createReadStream(this.path), crlfDelay: Infinity })) {
      if (batch.length > 0 && (batch.length >= lines || size + line.length > characters)) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(line);
      size += line.length;
    }
    if (batch.length > 0) yield batch;
  }
}
