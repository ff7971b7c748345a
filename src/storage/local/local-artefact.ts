import { createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type publishFile, workingName } from '../../common/atomic-file.js';
import type { PendingArtefact } from '../storage.types.js';
import { storageError } from './storage-errors.js';

/** A file under a working name until it is whole (invariant 1; the order is restic's local backend's). */
export class LocalArtefact implements PendingArtefact {
  #done = false;

  private constructor(
    private readonly working: string,
    private readonly final: string,
    private readonly move: typeof publishFile,
  ) {}

  /** `move` brings the finished file to its name. */
  static async begin(final: string, owner: string, move: typeof publishFile): Promise<LocalArtefact> {
    const working = workingName(final, owner);
    // `wx`: a name that is taken is an error, never a file that two writers share.
    await (await open(working, 'wx', 0o640)).close();
    return new LocalArtefact(working, final, move);
  }

  async write(content: Readable): Promise<void> {
    try {
      await pipeline(content, createWriteStream(this.working, { flags: 'r+', highWaterMark: 1024 * 1024 }));
    } catch (error) {
      await this.discard();
      throw storageError(error);
    }
  }

  async publish(bytes: number): Promise<void> {
    try {
      const handle = await open(this.working, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      const { size } = await stat(this.working);
      if (size !== bytes) throw new Error(`The file has ${size} bytes instead of ${bytes}`);
      await this.move(this.working, this.final);
      this.#done = true;
    } catch (error) {
      await this.discard();
      throw storageError(error);
    }
  }

  async discard(): Promise<void> {
    if (this.#done) return;
    await rm(this.working, { force: true });
  }
}
