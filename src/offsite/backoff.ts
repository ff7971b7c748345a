const waitsMs = [30_000, 120_000, 600_000, 1_800_000];
const longestMs = 3_600_000;

/** How long to wait after this many tries that failed, in ms. Nobody gives a copy up: it is tried every hour. */
export function waitAfter(attempts: number): number {
  return waitsMs[attempts - 1] ?? longestMs;
}
