import type { Response } from 'express';
import { errorCodeOf } from '../errors.js';

const contentTypes: Record<string, string> = {
  sql: 'application/sql',
  gz: 'application/gzip',
  zst: 'application/zstd',
  db: 'application/x-sqlite3',
  json: 'application/json',
};

/**
 * Sends a file as a download with strong `ETag` (its SHA-256), `Range` and conditional requests. Resolves when the
 * response has ended, also when the client went away in the middle.
 */
export async function sendFile(
  response: Response,
  path: string,
  file: { filename: string; sha256: string | null },
): Promise<void> {
  const ending = file.filename.split('.').at(-1) ?? '';
  if (file.sha256) {
    response.setHeader('ETag', `"${file.sha256}"`);
    response.setHeader('Repr-Digest', `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`);
  }
  response.setHeader('Cache-Control', 'private, no-store');
  // First, because it sets a Content-Type of its own.
  response.attachment(file.filename);
  response.setHeader('Content-Type', contentTypes[ending] ?? 'application/octet-stream');
  await new Promise<void>((resolve, reject) => {
    response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, (error: unknown) => {
      const gone = ['ECONNABORTED', 'EPIPE', 'ECONNRESET'].includes(errorCodeOf(error) ?? '');
      if (error && !gone) reject(error as Error);
      else resolve();
    });
  });
}
