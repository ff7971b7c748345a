import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError, isDomainError } from '../common/errors.js';
import type { Storage } from '../storage/storage.types.js';
import { decompressor } from './compression.js';
import type { Manifest } from './manifest.js';

/** Reads the whole file and compares it with the manifest. Throws DomainError `not-found`, `artefact-damaged`. */
export async function verifyStored(
  store: Storage,
  path: string,
  manifest: Pick<Manifest, 'size' | 'sha256'>,
): Promise<void> {
  const { bytes, sha256 } = await store.digest(path);
  if (bytes !== manifest.size) {
    throw damaged(`has ${bytes} bytes, but its manifest says ${manifest.size}`);
  }
  if (sha256 !== manifest.sha256) throw damaged('does not have the SHA-256 of its manifest');
}

/** The uncompressed bytes. The stream fails with DomainError `artefact-damaged` on input that cannot be unpacked. */
export async function openArtefact(
  store: Storage,
  path: string,
  { compression }: Pick<Manifest, 'compression'>,
): Promise<Readable> {
  const file = await store.open(path);
  const decompress = await decompressor(compression);
  if (!decompress) return file;
  const output = new PassThrough({ highWaterMark: 1024 * 1024 });
  // The output is no part of the pipeline, which would end it with the error as the decompressor words it.
  pipeline(file, decompress).catch((error: unknown) => {
    output.destroy(isDomainError(error) ? error : damaged('cannot be unpacked', error));
  });
  decompress.pipe(output);
  output.once('close', () => decompress.destroy());
  return output;
}

function damaged(what: string, cause?: unknown): DomainError {
  const detail = `The backup file ${what}: it is damaged. Nothing was changed; use another backup.`;
  return new DomainError('artefact-damaged', detail, { cause });
}
