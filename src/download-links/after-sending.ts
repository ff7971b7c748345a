import type { Sent } from './download-links.types.js';

export interface Delivered {
  /** Bytes that went out in all, also more than once. */
  sent: number;
  /** Up to here, from the file's beginning, they have all gone out. */
  delivered: number;
}

/**
 * What a link for one download has brought after one more answer. It is used up when all of the file has gone out, in one
 * answer or in several that join, so that a download that broke off can be taken up again; and when twice the file has gone
 * out, or it could be had again and again but for its last byte. An answer that broke off is not the last: its end may never
 * have left.
 */
export function afterSending(
  before: Delivered,
  answer: Sent | null,
  size: number,
): Delivered & { isUsed: boolean } {
  const { start, bytes, isComplete } = answer ?? { start: 0, bytes: 0, isComplete: false };
  const sent = before.sent + bytes;
  const reached = Math.min(start + bytes, isComplete ? size : size - 1);
  const delivered = start <= before.delivered ? Math.max(before.delivered, reached) : before.delivered;
  return { sent, delivered, isUsed: delivered >= size || sent >= 2 * size };
}
