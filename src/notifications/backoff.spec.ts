import { waitAfter } from './backoff.js';

/** The waits in seconds between all tries. */
function waits(kind: 'webhook' | 'heartbeat'): number[] {
  const all: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const ms = waitAfter(attempts, kind);
    if (ms === null) return all;
    all.push(ms / 1000);
  }
}

describe('A delivery that fails', () => {
  it('is tried again after ever longer times, at most an hour, and given up after some hours', () => {
    const all = waits('webhook');
    expect(all.slice(0, 5)).toEqual([10, 20, 40, 80, 160]);
    expect(Math.max(...all)).toBe(3600);
    const hours = all.reduce((sum, seconds) => sum + seconds, 0) / 3600;
    expect(hours).toBeGreaterThan(6);
    expect(hours).toBeLessThan(24);
  });

  it('is given up soon when it is a heartbeat', () => {
    expect(waits('heartbeat')).toEqual([10, 20, 40, 80]);
  });
});
