import { createHash, type Hash } from 'node:crypto';
import type { TableContents } from '../engine.types.js';

/** In the order in which they stand in an artefact; as pg_dump's `--section`. */
export const partSections = {
  definitions: 'pre-data',
  tables: 'data',
  constraints: 'post-data',
} as const;

export type PartName = keyof typeof partSections;

const newline = 0x0a;
const backslash = 0x5c;
const dot = 0x2e;
/** A COPY names each column of its table: up to 1600, each up to 63 bytes and quoted. */
const lineBytes = 512 * 1024;
/** Large objects stand in statements of their own, and in a manifest as the rows of this table. */
const largeObjects = 'pg_catalog.pg_largeobject';

/**
 * Learns what a part of a dump holds from its bytes as they pass. In the part `tables` there are rows, sequences and large
 * objects only, so that no text of a function can be taken for rows.
 */
export class PartScanner {
  readonly #tables = new Map<string, { rows: number; hash: Hash }>();
  readonly #hash = createHash('sha256');
  /** The table whose rows are passing. */
  #copying: { rows: number; hash: Hash } | null = null;
  #pending: Buffer = Buffer.alloc(0);
  /** True when the beginning of a row has been hashed and its end has not come yet: a row may be a gigabyte. */
  #withinRow = false;
  #ended = false;

  constructor(private readonly part: PartName) {}

  scan(chunk: Buffer): void {
    if (this.part !== 'tables') this.#hash.update(chunk);
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = 0;
    // Rows from here on are not hashed yet.
    let rowsFrom = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, at)) {
      if (this.#copying === null) {
        this.#line(bytes.subarray(at, Math.min(end, at + lineBytes)));
        rowsFrom = end + 1;
      } else if (!this.#withinRow && end - at === 2 && bytes[at] === backslash && bytes[at + 1] === dot) {
        this.#copying.hash.update(bytes.subarray(rowsFrom, at));
        this.#copying = null;
      } else {
        this.#copying.rows += 1;
        this.#withinRow = false;
      }
      at = end + 1;
    }
    // Two bytes may be the end of the rows.
    const rest = bytes.length - at;
    this.#withinRow = this.#copying !== null && (this.#withinRow || rest > 2);
    const hashed = this.#withinRow ? bytes.length : at;
    this.#copying?.hash.update(bytes.subarray(rowsFrom, hashed));
    this.#pending = Buffer.from(bytes.subarray(hashed));
  }

  /** True when the tool's end marker has passed, and nothing that says more after it. */
  get complete(): boolean {
    return this.#ended && this.#copying === null && this.#pending.length === 0;
  }

  get tables(): TableContents[] {
    return [...this.#tables].map(([name, { rows, hash }]) => ({
      name,
      rows,
      sha256: hash.copy().digest('hex'),
    }));
  }

  /** Of the bytes of a part without rows. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  #largeObject(statement: string): void {
    const known = this.#tables.get(largeObjects) ?? { rows: 0, hash: createHash('sha256') };
    this.#tables.set(largeObjects, known);
    known.hash.update(`${statement}\n`);
    if (statement.startsWith('SELECT pg_catalog.lo_open(')) known.rows += 1;
  }

  #line(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const line = bytes.toString('utf8');
    if (line === '-- PostgreSQL database dump complete') this.#ended = true;
    else if (line !== '--') this.#ended = false;
    if (this.part === 'tables' && line.startsWith('SELECT pg_catalog.lo')) this.#largeObject(line);
    const [, schema, table] =
      (this.part === 'tables' && /^COPY "((?:[^"]|"")+)"\."((?:[^"]|"")+)".* FROM stdin;$/.exec(line)) || [];
    if (schema === undefined || table === undefined) return;
    this.#copying = { rows: 0, hash: createHash('sha256') };
    this.#tables.set(contentName(unquote(schema), unquote(table)), this.#copying);
  }
}

/** How a table is called in a manifest: by its bare name in `public`. */
export function contentName(schema: string, table: string): string {
  return schema === 'public' ? table : `${schema}.${table}`;
}

function unquote(identifier: string): string {
  return identifier.replaceAll('""', '"');
}
