/** 16 MB: of ten million values it lets through one position in fifty by mistake. */
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
    const hash = hashAt(window, 0);
    mark(this.#set, slotOf(hash));
    mark(this.#set, otherSlotOf(hash));
  }

  /** Calls `found` with each position before `end` at which a window begins that may be one. */
  search(data: Buffer, end: number, found: (at: number) => void): void {
    const last = Math.min(end, data.length - windowBytes + 1);
    if (last <= 0) return;
    const set = this.#set;
    let hash = hashAt(data, 0);
    for (let at = 0; ; at += 1) {
      if (isMarked(set, slotOf(hash)) && isMarked(set, otherSlotOf(hash))) found(at);
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

/** The same for whole values, of whatever length. */
export class ValueFilter {
  readonly #set = Buffer.alloc(2 ** (bits - 3));

  add(value: Buffer): void {
    let hash = seed;
    for (const byte of value) hash = next(hash, byte);
    mark(this.#set, slotOf(hash));
  }

  /** Which of these lengths, the shortest first, a value may have that begins at this byte. */
  *lengthsAt(data: Buffer, at: number, lengths: readonly number[]): Generator<number> {
    let hash = seed;
    let reached = 0;
    for (const length of lengths) {
      if (at + length > data.length) return;
      for (; reached < length; reached += 1) hash = next(hash, data[at + reached] ?? 0);
      if (isMarked(this.#set, slotOf(hash))) yield length;
    }
  }
}

/** FNV-1a. */
const seed = 0x811c9dc5;
const next = (hash: number, byte: number) => Math.imul(hash ^ byte, base);

function mark(set: Buffer, slot: number): void {
  set[slot >>> 3] = (set[slot >>> 3] ?? 0) | (1 << (slot & 7));
}

function isMarked(set: Buffer, slot: number): boolean {
  return ((set[slot >>> 3] ?? 0) & (1 << (slot & 7))) !== 0;
}

function slotOf(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> (32 - bits);
}

function otherSlotOf(hash: number): number {
  return Math.imul(hash ^ (hash >>> 13), 0x297a2d39) >>> (32 - bits);
}
