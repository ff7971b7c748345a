import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DomainError, errorCodeOf } from '../common/errors.js';
import { batchCharacters, batchRows } from './batch-size.js';
import { splitLines } from './lines.js';

const pendingLines = 256;
const pendingCharacters = 1024 * 1024;

/**
 * Lines kept in a working file, so that a restore's changes need no memory; written first, read afterwards.
 * Throws DomainError `no-space`.
 */
export class Spool {
  #file: FileHandle | null = null;
  #written = false;
  #pending: string[] = [];
  #characters = 0;

  constructor(private readonly path: string) {}

  async add(line: string): Promise<void> {
    this.#pending.push(line);
    this.#characters += line.length;
    if (this.#pending.length >= pendingLines || this.#characters >= pendingCharacters) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    try {
      this.#file ??= await open(this.path, 'w', 0o600);
      this.#written = true;
      await this.#file.appendFile(`${this.#pending.join('\n')}\n`);
    } catch (error) {
      throw errorCodeOf(error) === 'ENOSPC' ? noSpace(error) : error;
    }
    this.#pending = [];
    this.#characters = 0;
  }

  /** Ends the writing. */
  async end(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#file?.close();
      this.#file = null;
    }
  }

  /** Batches of lines, bounded in number and in characters. */
  async *batches(lines = batchRows, characters = batchCharacters): AsyncGenerator<string[]> {
    if (!this.#written) return;
    let batch: string[] = [];
    let size = 0;
    for await (const bytes of splitLines(createReadStream(this.path))) {
      const line = bytes.toString('utf8');
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

function noSpace(cause: unknown): DomainError {
  const detail = 'The disk with the data folder is full. Make room and try again. Nothing was changed.';
  return new DomainError('no-space', detail, { cause });
}
