import type { Request, Response } from 'express';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError, errorCodeOf } from '../errors.js';
import { describeFile, type NamedContent } from './send-file.js';

/** Something that is open and can be read in pieces. */
export interface Content extends NamedContent {
  sha256: string;
  bytes: number;
  modifiedAt: Date;
  /** `start`, `end` in bytes, both inclusive. */
  read(range: { start: number; end: number }): Readable;
}

/** What went out, in bytes; `end` is the last one that was to. */
export interface SentContent {
  bytes: number;
  end: number;
  isComplete: boolean;
}

/**
 * Sends what is open, with `Range`, `If-Range` and the other conditions of RFC 9110. Where a path will do, use sendFile,
 * which opens by name. Null when no bytes were asked for. Throws DomainError `bad-range`, `precondition-failed`.
 *
 * @param through what the bytes pass on their way: counts them, or slows them.
 */
export async function sendContent(
  request: Request,
  response: Response,
  content: Content,
  through: Transform,
): Promise<SentContent | null> {
  const { bytes: size, modifiedAt, sha256 } = content;
  const etag = `"${sha256}"`;
  describeFile(response, content);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Last-Modified', modifiedAt.toUTCString());
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && !lists(wanted, etag)) {
    const detail = 'The file has changed since you last asked for it. Download it anew.';
    throw new DomainError('precondition-failed', detail);
  }
  if (request.fresh) {
    response.removeHeader('Content-Type');
    response.status(304).end();
    return null;
  }
  const range = rangeOf(request, response, { size, etag, modifiedAt });
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) {
    response.status(206);
    response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  }
  response.setHeader('Content-Length', end - start + 1);
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return null;
  }
  let bytes = 0;
  through.on('data', (chunk: Buffer) => (bytes += chunk.length));
  try {
    await pipeline(content.read({ start, end }), through, response);
  } catch (error) {
    const code = errorCodeOf(error) ?? '';
    if (!['ECONNABORTED', 'EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)) throw error;
  }
  return { bytes, end, isComplete: response.writableFinished };
}

function lists(header: string, etag: string): boolean {
  return header.split(',').some((one) => ['*', etag].includes(one.trim()));
}

/** Null: all of it. Several ranges at once are answered with the whole, as the standard allows. */
function rangeOf(
  request: Request,
  response: Response,
  { size, etag, modifiedAt }: { size: number; etag: string; modifiedAt: Date },
): { start: number; end: number } | null {
  const condition = request.headers['if-range'];
  if (typeof condition === 'string' && condition !== etag && condition !== modifiedAt.toUTCString())
    return null;
  const ranges = request.range(size, { combine: true });
  if (ranges === undefined || ranges === -2) return null;
  if (ranges === -1) {
    response.setHeader('Content-Range', `bytes */${size}`);
    throw new DomainError(
      'bad-range',
      'The file has no such range of bytes. Its length is in Content-Range.',
    );
  }
  return ranges.type === 'bytes' && ranges.length === 1 ? (ranges[0] ?? null) : null;
}
