import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCodeOf } from '../../../src/common/errors.js';

/** A file system of a few megabytes, in memory. Mounting needs root on Linux: ask `smallDiskHindrance` first. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  static mount(megabytes: number): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'holdfast-test', folder]);
    return new SmallDisk(folder);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** Fills it but for so many bytes. */
  fill(leaveBytes = 0): void {
    const piece = Buffer.alloc(4096);
    try {
      while (this.freeBytes > leaveBytes) appendFileSync(this.#filler, piece);
    } catch (error) {
      if (errorCodeOf(error) !== 'ENOSPC') throw error;
    }
  }

  /** Gives the filled space back. */
  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  setReadOnly(readOnly: boolean): void {
    execFileSync('mount', ['-o', `remount,${readOnly ? 'ro' : 'rw'}`, this.folder]);
  }

  unmount(): void {
    // Lazily: a file that a failed test has left open must not keep it.
    execFileSync('umount', ['--lazy', this.folder]);
    rmSync(this.folder, { recursive: true });
  }

  get #filler(): string {
    return join(this.folder, 'filler');
  }
}

/** Why no disk can be mounted here; null when one can. */
export function smallDiskHindrance(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting needs root on Linux';
  try {
    SmallDisk.mount(1).unmount();
    return null;
  } catch {
    return 'this machine refuses to mount a tmpfs';
  }
}
