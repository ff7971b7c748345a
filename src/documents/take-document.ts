import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { errorCodeOf } from '../common/errors.js';
import type { BlobsService } from './blobs.service.js';
import type { DocumentWatch, ListedDocument } from './documents.types.js';

export type Taken = Omit<ListedDocument, 'path'>;

const tries = 4;
const pauseMs = 150;
const bufferBytes = 1024 * 1024;

/** A link at the end is not followed, and a pipe that somebody put there does not hold us up. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Puts the content of a file into the store. A file that changes meanwhile is read again, a few times. The reason in words
 * when it cannot be had.
 */
export async function takeDocument(
  blobs: BlobsService,
  absolute: string,
  watch: DocumentWatch,
): Promise<Taken | string> {
  for (let attempt = 1; ; attempt += 1) {
    watch.signal?.throwIfAborted();
    const taken = await tryOnce(blobs, absolute, watch);
    if (taken !== null) return taken;
    if (attempt === tries) return `changed while it was read, ${tries} times`;
    await sleep(pauseMs * attempt, undefined, watch.signal && { signal: watch.signal });
  }
}

/** Null when it changed meanwhile. */
async function tryOnce(
  blobs: BlobsService,
  absolute: string,
  watch: DocumentWatch,
): Promise<Taken | string | null> {
  const opened = await openInPlace(absolute);
  if (typeof opened === 'string') return opened;
  const { handle, before } = opened;
  try {
    const content = await digest(handle, before.size, watch);
    if (!isSame(before, await handle.stat()) || content.bytes !== before.size) return null;
    if (!(await blobs.has(content))) {
      const stream = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: bufferBytes });
      if (!(await blobs.put(content, stream))) return null;
    }
    return {
      ...content,
      mtime: before.mtime.toISOString(),
      mode: (before.mode & 0o777).toString(8),
    };
  } catch (error) {
    const code = errorCodeOf(error);
    // The disk that it stands on; the store's own errors are DomainErrors.
    if (code === 'EIO' || code === 'ESTALE') return `cannot be read (${code})`;
    throw error;
  } finally {
    await handle.close();
  }
}

/** What stands at this very place, and not where a folder that became a link leads to. */
async function openInPlace(absolute: string): Promise<{ handle: FileHandle; before: Stats } | string> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(absolute, flags);
    const before = await handle.stat();
    const there = (await realpath(absolute)) === absolute ? await lstat(absolute) : null;
    if (before.isFile() && there?.ino === before.ino && there.dev === before.dev) return { handle, before };
    await handle.close();
    return 'was replaced by something that is no file while it was read';
  } catch (error) {
    await handle?.close();
    const code = errorCodeOf(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? 'was removed while the backup was made' : `cannot be read (${code})`;
  }
}

/** Not much more than `expected` bytes: one that only grows would never come to its end. */
async function digest(
  handle: FileHandle,
  expected: number,
  { onBytes, signal }: DocumentWatch,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  for (let bytes = 0; ;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, bufferBytes, bytes);
    if (bytesRead === 0 || bytes > expected) return { bytes, sha256: hash.digest('hex') };
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
    onBytes?.(bytesRead);
  }
}

function isSame(before: Stats, after: Stats): boolean {
  return before.size === after.size && before.mtimeMs === after.mtimeMs && before.ctimeMs === after.ctimeMs;
}
