import type { Response } from 'express';
import { errorCodeOf } from '../errors.js';

const contentTypes: Record<string, string> = {
  sql: 'application/sql',
  gz: 'application/gzip',
  zst: 'application/zstd',
  db: 'application/x-sqlite3',
  json: 'application/json',
};

export interface NamedContent {
  filename: string;
  /** Hexadecimal. */
  sha256: string | null;
}

/** The headers that say what a download is: its name, its type, its checksum. */
export function describeFile(response: Response, { filename, sha256 }: NamedContent): void {
  const ending = filename.split('.').at(-1) ?? '';
  if (sha256) {
    response.setHeader('ETag', `"${sha256}"`);
    response.setHeader('Repr-Digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
  }
  // First, because it sets a Content-Type of its own.
  response.attachment(filename);
  response.setHeader('Content-Type', contentTypes[ending] ?? 'application/octet-stream');
}

/**
 * Sends a file as a download with strong `ETag` (its SHA-256), `Range` and conditional requests. Resolves when the
 * response has ended, also when the client went away in the middle.
 */
export async function sendFile(response: Response, path: string, file: NamedContent): Promise<void> {
  describeFile(response, file);
  response.setHeader('Cache-Control', 'private, no-store');
  await new Promise<void>((resolve, reject) => {
    response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, (error: unknown) => {
      const gone = ['ECONNABORTED', 'EPIPE', 'ECONNRESET'].includes(errorCodeOf(error) ?? '');
      if (error && !gone) reject(error as Error);
      else resolve();
    });
  });
}
