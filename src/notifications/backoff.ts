import type { ChannelKind } from './notifications.types.js';

const firstMs = 10_000;
const longestMs = 3_600_000;

/**
 * After so many tries a delivery is given up: that of an event after some seven hours, a heartbeat after two and a half
 * minutes (one that comes late says of the past that it is now).
 */
const mostAttempts: Record<ChannelKind, number> = { webhook: 16, email: 16, heartbeat: 5 };

/** How long to wait after the failure of the try number `attempts`, in ms; null: it is given up. */
export function waitAfter(attempts: number, kind: ChannelKind): number | null {
  if (attempts >= mostAttempts[kind]) return null;
  return Math.min(longestMs, firstMs * 2 ** (attempts - 1));
}
