import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileDigest } from '../storage.types.js';

const bufferBytes = 1024 * 1024;

/**
 * Into one buffer, again and again: a stream would leave some fifty megabytes of read ones to be collected. `tell` hears
 * of each piece; when it throws, that is the end.
 */
export async function digestFile(path: string, tell: () => void = () => undefined): Promise<FileDigest> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  const handle = await open(path, 'r');
  try {
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, bufferBytes, null);
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
      tell();
    }
  } finally {
    await handle.close();
  }
}
