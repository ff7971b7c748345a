import { execa } from 'execa';
import { type Duplex } from 'node:stream';
import zlib from 'node:zlib';
import { DomainError } from '../common/errors.js';
import { findPrograms } from '../common/programs.js';

export type Compression = 'none' | 'gzip' | 'zstd';

/** What a compression adds to a file name, with the dot. */
export const compressionSuffix: Record<Compression, string> = { none: '', gzip: '.gz', zstd: '.zst' };

/** A stream that compresses; null for `none`. Throws DomainError `dump-tool-missing` when zstd cannot be had. */
export async function compressor(compression: Compression): Promise<Duplex | null> {
  switch (compression) {
    case 'none':
      return null;
    case 'gzip':
      return zlib.createGzip({ level: 6, chunkSize: 256 * 1024 });
    case 'zstd':
      return (await zstdProgram(['-q', '-c', '-1', '-T0'])) ?? missingZstd();
  }
}

/** A stream that decompresses; null for `none`. It fails on damaged or cut input. */
export async function decompressor(compression: Compression): Promise<Duplex | null> {
  switch (compression) {
    case 'none':
      return null;
    case 'gzip':
      return zlib.createGunzip({ chunkSize: 256 * 1024 });
    case 'zstd':
      return (await zstdProgram(['-q', '-d', '-c'])) ?? missingZstd();
  }
}

/** Node 20 has no zstd of its own; the program is in every distribution. Null when it is not on the PATH. */
async function zstdProgram(args: string[]): Promise<Duplex | null> {
  const [program] = await findPrograms('zstd');
  if (!program) return null;
  return execa(program, args, { buffer: false, encoding: 'buffer', extendEnv: false }).duplex({
    binary: true,
  });
}

function missingZstd(): never {
  throw new DomainError(
    'dump-tool-missing',
    'The program zstd is not on the PATH of the service. Install it.',
  );
}
