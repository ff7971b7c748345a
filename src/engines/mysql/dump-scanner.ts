import { Transform, type TransformCallback, type TransformOptions } from 'node:stream';
import type { PartName } from './dump-arguments.js';
import { InsertScanner, type RowListener } from './insert-scanner.js';

const newline = 0x0a;
const insert = Buffer.from('INSERT INTO `');
/** All that is told lines apart by; more of a line is not kept. */
const lineBytes = 1_000;

/**
 * Passes one part of a mysqldump on unchanged and learns what is in it: tables with their rows, views, end marker. Reads
 * bytes, never text (invariant 7). Each fact is looked for in its own part only: a line of a routine may look like any
 * of them.
 */
export class DumpScanner extends Transform {
  /** Sequences, too. */
  readonly tables: string[] = [];
  readonly sequences = new Set<string>();
  readonly views: string[] = [];
  readonly refusals: string[] = [];

  readonly #inserts: InsertScanner;
  /** The beginning of a line whose end has not come yet; lines of rows are never gathered. */
  #pending = Buffer.alloc(0);
  #lastLine = '';

  constructor(
    private readonly part: PartName,
    { onRow, ...options }: TransformOptions & { onRow?: RowListener } = {},
  ) {
    super(options);
    this.#inserts = new InsertScanner(onRow);
  }

  /** Rows by table. */
  get rows(): ReadonlyMap<string, number> {
    return this.#inserts.rows;
  }

  /** SHA-256 of a table's rows, as this tool writes them. */
  sha256Of(table: string): string {
    return this.#inserts.sha256Of(table);
  }

  /** True when the last line of the part is the tool's end marker. */
  get complete(): boolean {
    return !this.#inserts.inside && this.#lastLine.startsWith('-- Dump completed');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.#inserts.inside ? this.#inserts.scan(chunk, at) : this.#scanLine(chunk, at);
    }
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    if (this.#pending.length > 0) this.#line(this.#pending);
    done();
  }

  #scanLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(newline, from);
    const piece = chunk.subarray(from, end === -1 ? chunk.length : end);
    const line = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    if (this.part === 'tables' && insert.equals(line.subarray(0, insert.length))) {
      const consumed = insert.length - this.#pending.length;
      this.#pending = Buffer.alloc(0);
      this.#inserts.begin();
      return from + consumed;
    }
    if (end === -1) {
      this.#pending = Buffer.from(line.subarray(0, lineBytes));
      return chunk.length;
    }
    this.#pending = Buffer.alloc(0);
    this.#line(line);
    return end + 1;
  }

  #line(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const line = bytes.subarray(0, lineBytes).toString('utf8');
    this.#lastLine = line;
    if (/^-- insufficient privileges to SHOW CREATE /.test(line)) this.refusals.push(line.slice(3));
    else if (this.part === 'tables') this.#tableLine(line);
    else if (this.part === 'views') {
      const view = /^-- Final view structure for view `(.+)`$/.exec(line);
      if (view?.[1]) this.views.push(unquote(view[1]));
    }
  }

  #tableLine(line: string): void {
    const [, kind, quoted] = /^CREATE (TABLE|SEQUENCE) `((?:[^`]|``)+)`/.exec(line) ?? [];
    if (!quoted) return;
    const name = unquote(quoted);
    this.tables.push(name);
    if (kind === 'SEQUENCE') this.sequences.add(name);
  }
}

function unquote(identifier: string): string {
  return identifier.replaceAll('``', '`');
}
