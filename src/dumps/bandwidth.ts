/** A line that takes so many bytes a second: each piece waits until those before it have passed. */
export class Bandwidth {
  #freeAtMs = 0;

  /** @param bytesPerSecond 0: no limit. */
  constructor(private readonly bytesPerSecond: number) {}

  /** Gives the next free stretch of the line to so many bytes; returns in how many ms it begins. */
  reserve(bytes: number, nowMs: number): number {
    if (this.bytesPerSecond === 0) return 0;
    const beginsAt = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = beginsAt + (bytes / this.bytesPerSecond) * 1000;
    return beginsAt - nowMs;
  }
}
