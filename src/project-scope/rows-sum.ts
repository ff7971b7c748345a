import { createHash } from 'node:crypto';

const modulus = 2n ** 256n;

/** Which rows, and how many times each, in whatever order they come: the sum of the SHA-256 of each. */
export class RowsSum {
  #sum = 0n;
  #count = 0;

  add(line: string): void {
    this.#sum = (this.#sum + BigInt(`0x${createHash('sha256').update(line).digest('hex')}`)) % modulus;
    this.#count += 1;
  }

  toString(): string {
    return `${this.#count} ${this.#sum.toString(16)}`;
  }
}
