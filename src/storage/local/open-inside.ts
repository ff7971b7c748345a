import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { errorCodeOf } from '../../common/errors.js';
import type { OpenedFile } from '../storage.types.js';
import { notFound } from './local-paths.js';

/** A link is not followed, and a pipe does not wait for whoever would write into it. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What the name does not lead to, or to what is no file of ours. */
const notThere = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO']);

/**
 * Opens a file, and only then asks where it stands: the entry that its path leads to must be the very file that was
 * opened, under the real root. What is looked at before an open may be something else by then.
 */
export async function openInside(root: string, absolute: string): Promise<OpenedFile> {
  const handle = await open(absolute, flags).catch((error: unknown) => {
    throw notThere.has(errorCodeOf(error) ?? '') ? notFound() : error;
  });
  try {
    return await opened(handle, root, absolute);
  } catch (error) {
    await handle.close();
    throw notThere.has(errorCodeOf(error) ?? '') ? notFound() : error;
  }
}

async function opened(handle: FileHandle, root: string, absolute: string): Promise<OpenedFile> {
  const file = await handle.stat({ bigint: true });
  const place = await realpath(absolute);
  const entry = await lstat(place, { bigint: true });
  const isInside = place.startsWith((await realpath(root)) + sep);
  if (!file.isFile() || !isInside || entry.dev !== file.dev || entry.ino !== file.ino) throw notFound();
  return {
    bytes: Number(file.size),
    modifiedAt: file.mtime,
    identity: `${file.ino}:${file.size}:${file.mtimeNs}`,
    read: (range) => handle.createReadStream({ autoClose: false, highWaterMark: 64 * 1024, ...range }),
    close: () => handle.close(),
  };
}
