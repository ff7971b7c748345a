import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf } from '../common/errors.js';

const pendingAtMost = 50_000;

/** Hashes, by their first two digits in files of a folder, so that a part of them is in memory at a time. */
export class NameSpool {
  /** `00` to `ff` */
  readonly prefixes: readonly string[] = Array.from({ length: 256 }, (_, number) =>
    number.toString(16).padStart(2, '0'),
  );
  #pending = new Map<string, string[]>();
  #count = 0;

  constructor(private readonly folder: string) {}

  async add(sha256: string): Promise<void> {
    const prefix = sha256.slice(0, 2);
    const names = this.#pending.get(prefix) ?? [];
    this.#pending.set(prefix, names);
    names.push(sha256);
    this.#count += 1;
    if (this.#count >= pendingAtMost) await this.#flush();
  }

  async #flush(): Promise<void> {
    for (const [prefix, names] of this.#pending) {
      await appendFile(join(this.folder, prefix), `${names.join('\n')}\n`);
    }
    this.#pending = new Map();
    this.#count = 0;
  }

  /** Those that begin with these two digits. */
  async names(prefix: string): Promise<Set<string>> {
    await this.#flush();
    try {
      return new Set((await readFile(join(this.folder, prefix), 'utf8')).split('\n'));
    } catch (error) {
      if (errorCodeOf(error) === 'ENOENT') return new Set();
      throw error;
    }
  }
}
