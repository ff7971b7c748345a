import { Transform, type TransformCallback, type TransformOptions } from 'node:stream';
import type { PartName } from './dump-arguments.js';

const newline = 0x0a;
const quote = 0x27;
const backslash = 0x5c;
const backtick = 0x60;
const open = 0x28;
const close = 0x29;
const semicolon = 0x3b;
const capitalV = 0x56;
const insert = Buffer.from('INSERT INTO `');

type State = 'line' | 'header' | 'rows';

/**
 * Passes one part of a mysqldump on unchanged and learns what is in it: tables with their row counts, views, end
 * marker. Reads bytes, never text (invariant 7), and understands both tools' layouts (MariaDB writes
 * a row a line, MySQL all rows of an INSERT in one). In string literals both escape newlines and quotes by backslashes.
 * Each fact is looked for in its own part only: a line of a routine may look like any of them.
 */
export class DumpScanner extends Transform {
  readonly tables: string[] = [];
  readonly rows = new Map<string, number>();
  readonly views: string[] = [];
  readonly refusals: string[] = [];

  #state: State = 'line';
  /** The beginning of a line whose end has not come yet; lines of rows are never gathered. */
  #pending = Buffer.alloc(0);
  #lastLine = '';
  #name: number[] = [];
  #nameDone = false;
  #quoted = false;
  #escaped = false;
  #depth = 0;
  #count = 0;

  constructor(
    private readonly part: PartName,
    options?: TransformOptions,
  ) {
    super(options);
  }

  /** True when the last line of the part is the tool's end marker. */
  get complete(): boolean {
    return this.#state === 'line' && this.#lastLine.startsWith('-- Dump completed');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#scan(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    if (this.#pending.length > 0) this.#line(this.#pending);
    done();
  }

  #scan(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'rows') at = this.#scanRows(chunk, at);
      else if (this.#state === 'header') at = this.#scanHeader(chunk, at);
      else at = this.#scanLine(chunk, at);
    }
  }

  #scanLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(newline, from);
    const piece = chunk.subarray(from, end === -1 ? chunk.length : end);
    const line = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    if (this.part === 'tables' && insert.equals(line.subarray(0, insert.length))) {
      const consumed = insert.length - this.#pending.length;
      this.#pending = Buffer.alloc(0);
      this.#beginInsert();
      return from + consumed;
    }
    if (end === -1) {
      this.#pending = Buffer.from(line);
      return chunk.length;
    }
    this.#pending = Buffer.alloc(0);
    this.#line(line);
    return end + 1;
  }

  #beginInsert(): void {
    this.#state = 'header';
    this.#name = [];
    this.#nameDone = false;
    this.#quoted = true;
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
        if (byte === capitalV) {
          this.#state = 'rows';
          this.#quoted = false;
          this.#depth = 0;
          this.#count = 0;
          return at + 1;
        }
      }
    }
    return chunk.length;
  }

  /** The hot loop: some nanoseconds a byte decide how fast a backup is. */
  #scanRows(chunk: Buffer, from: number): number {
    const end = chunk.length;
    let quoted = this.#quoted;
    let depth = this.#depth;
    let count = this.#count;
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
        if (depth === 0) count += 1;
        depth += 1;
      } else if (byte === close) depth -= 1;
      else if (byte === semicolon && depth === 0) {
        const name = Buffer.from(this.#name).toString('utf8');
        this.rows.set(name, (this.rows.get(name) ?? 0) + count);
        this.#state = 'line';
        this.#quoted = false;
        return at + 1;
      }
    }
    this.#quoted = quoted;
    this.#depth = depth;
    this.#count = count;
    return end;
  }

  #line(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const line = bytes.subarray(0, 1_000).toString('utf8');
    this.#lastLine = line;
    if (/^-- insufficient privileges to SHOW CREATE /.test(line)) this.refusals.push(line.slice(3));
    else if (this.part === 'tables') this.#tableLine(line);
    else if (this.part === 'views') {
      const view = /^-- Final view structure for view `(.+)`$/.exec(line);
      if (view?.[1]) this.views.push(unquote(view[1]));
    }
  }

  #tableLine(line: string): void {
    const table = /^CREATE (?:TABLE|SEQUENCE) `((?:[^`]|``)+)`/.exec(line);
    if (table?.[1]) this.tables.push(unquote(table[1]));
  }
}

function unquote(identifier: string): string {
  return identifier.replaceAll('``', '`');
}
