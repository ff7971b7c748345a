/** 16 MB: of ten million values it lets through one position in fourteen by mistake. */
const bits = 27;
const base = 0x01000193;
export const windowBytes = 8;

/** What the oldest byte of a window has been multiplied by when it leaves. */
const leaving = Array.from({ length: windowBytes - 1 }).reduce<number>((power) => Math.imul(power, base), 1);

/**
 * Which windows of eight bytes may be the beginning of a value: a set of fixed size over a rolling hash (Rabin and Karp),
 * so that a step costs two multiplications. It says yes too often and never no in error.
 */
export class WindowFilter {
  readonly #set = Buffer.alloc(2 ** (bits - 3));

  add(window: Buffer): void {
    const slot = slotOf(hashAt(window, 0));
    this.#set[slot >>> 3] = (this.#set[slot >>> 3] ?? 0) | (1 << (slot & 7));
  }

  /** Calls `found` with each position before `end` at which a window begins that may be one. */
  search(data: Buffer, end: number, found: (at: number) => void): void {
    const last = Math.min(end, data.length - windowBytes + 1);
    if (last <= 0) return;
    const set = this.#set;
    let hash = hashAt(data, 0);
    for (let at = 0; ; at += 1) {
      const slot = slotOf(hash);
      if (((set[slot >>> 3] ?? 0) & (1 << (slot & 7))) !== 0) found(at);
      if (at + 1 >= last) return;
      hash = (Math.imul(hash - Math.imul(data[at] ?? 0, leaving), base) + (data[at + windowBytes] ?? 0)) | 0;
    }
  }
}

function hashAt(data: Buffer, at: number): number {
  let hash = 0;
  for (let index = at; index < at + windowBytes; index += 1) {
    hash = (Math.imul(hash, base) + (data[index] ?? 0)) | 0;
  }
  return hash;
}

function slotOf(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> (32 - bits);
}
