import type { Response } from 'express';
import type { Sent } from './download-links.types.js';

/** Runs what sends a file as the answer, and tells what of the file went out; null when the answer was something else. */
export async function watchSending(response: Response, send: () => Promise<void>): Promise<Sent | null> {
  const { socket } = response;
  const before = socket?.bytesWritten ?? 0;
  await send();
  const { statusCode, writableFinished: isComplete } = response;
  if (statusCode !== 200 && statusCode !== 206) return null;
  const length = Number(response.getHeader('Content-Length') ?? 0);
  const [, start = 0] = /bytes (\d+)-/.exec(String(response.getHeader('Content-Range') ?? '')) ?? [];
  const bytes = isComplete ? length : Math.min(length, (socket?.bytesWritten ?? before) - before);
  return { start: Number(start), bytes, isComplete };
}
