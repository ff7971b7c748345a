import { createHash, type Hash } from 'node:crypto';

const quote = 0x27;
const backslash = 0x5c;
const backtick = 0x60;
const open = 0x28;
const close = 0x29;
const semicolon = 0x3b;
/** The last letter of VALUES; before it, capitals stand in backticks only. */
const capitalS = 0x53;

/** Hears every row of a table: the bytes from its opening to its closing parenthesis. */
export type RowListener = (table: string, row: Buffer) => void;

/**
 * Counts and hashes the rows of a dump's INSERT statements. Reads bytes, never text (invariant 7), in both tools'
 * layouts (MariaDB writes a row a line, MySQL all rows of an INSERT in one). In string literals both escape newlines
 * and quotes by backslashes.
 */
export class InsertScanner {
  /** By table. */
  readonly rows = new Map<string, number>();
  readonly #hashes = new Map<string, Hash>();
  #state: 'outside' | 'header' | 'rows' = 'outside';
  #name: number[] = [];
  #nameDone = false;
  #table = '';
  #hash = createHash('sha256');
  #quoted = false;
  #escaped = false;
  #depth = 0;
  #count = 0;
  /** The beginning of a row that goes on in the next chunk; gathered for a listener only. */
  #row: Buffer[] = [];

  constructor(private readonly onRow?: RowListener) {}

  /** True from `begin` until the statement's semicolon. */
  get inside(): boolean {
    return this.#state !== 'outside';
  }

  /**
   * SHA-256 of a table's rows, hexadecimal: over what stands between VALUES and the semicolon of each of its INSERTs,
   * one after the other; of nothing for a table without rows.
   */
  sha256Of(table: string): string {
    return (this.#hashes.get(table) ?? createHash('sha256')).copy().digest('hex');
  }

  /** A statement begins; what comes next is its table's name, without the first backtick. */
  begin(): void {
    this.#state = 'header';
    this.#name = [];
    this.#nameDone = false;
    this.#quoted = true;
  }

  /** Reads on in the statement. Returns where it stopped: behind the semicolon, or at the end of the chunk. */
  scan(chunk: Buffer, from: number): number {
    const at = this.#state === 'header' ? this.#scanHeader(chunk, from) : from;
    return this.#state === 'rows' ? this.#scanRows(chunk, at) : at;
  }

  /** From the table's name to the word VALUES; identifiers stand in backticks, doubled inside. */
  #scanHeader(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (byte === backtick) {
        this.#quoted = !this.#quoted;
        if (this.#quoted && !this.#nameDone) this.#name.push(backtick);
      } else if (this.#quoted) {
        if (!this.#nameDone) this.#name.push(byte);
      } else {
        this.#nameDone = true;
        if (byte === capitalS) {
          this.#beginRows();
          return at + 1;
        }
      }
    }
    return chunk.length;
  }

  #beginRows(): void {
    this.#state = 'rows';
    this.#quoted = false;
    this.#depth = 0;
    this.#count = 0;
    this.#table = Buffer.from(this.#name).toString('utf8');
    this.#hash = this.#hashes.get(this.#table) ?? createHash('sha256');
    this.#hashes.set(this.#table, this.#hash);
  }

  /** The hot loop: some nanoseconds a byte decide how fast a backup is. The hash takes long slices, which cost little. */
  #scanRows(chunk: Buffer, from: number): number {
    const end = chunk.length;
    const heard = this.onRow !== undefined;
    let quoted = this.#quoted;
    let depth = this.#depth;
    let count = this.#count;
    let rowFrom = from;
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (; at < end; at += 1) {
      const byte = chunk[at];
      if (quoted) {
        if (byte === backslash) {
          at += 1;
          if (at >= end) this.#escaped = true;
        } else if (byte === quote) quoted = false;
      } else if (byte === quote) quoted = true;
      else if (byte === open) {
        if (depth === 0) {
          count += 1;
          rowFrom = at;
        }
        depth += 1;
      } else if (byte === close) {
        depth -= 1;
        if (heard && depth === 0) this.#endRow(chunk.subarray(rowFrom, at + 1));
      } else if (byte === semicolon && depth === 0) {
        this.#hash.update(chunk.subarray(from, at));
        this.rows.set(this.#table, (this.rows.get(this.#table) ?? 0) + count);
        this.#state = 'outside';
        return at + 1;
      }
    }
    this.#hash.update(chunk.subarray(from, end));
    if (heard && depth > 0) this.#row.push(Buffer.from(chunk.subarray(rowFrom, end)));
    this.#quoted = quoted;
    this.#depth = depth;
    this.#count = count;
    return end;
  }

  #endRow(rest: Buffer): void {
    const row = this.#row.length === 0 ? rest : Buffer.concat([...this.#row, rest]);
    this.#row = [];
    this.onRow?.(this.#table, row);
  }
}
