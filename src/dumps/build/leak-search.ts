import { Transform, type TransformCallback } from 'node:stream';
import { folded } from './value-forms.js';
import type { ValueSpool } from './value-spool.js';

const mostPlaces = 3;
const insert = Buffer.from('INSERT INTO `');
/** Two names of 63 bytes with their quotes. */
const copyBytes = 300;
const copy = Buffer.from('\nCOPY "');

/** Looks for hidden values in what goes out. Memory is one piece of it, and what was found: columns, never values. */
export class LeakSearch {
  /** By column, as the spool numbers them: where its values stand, as far as that can be told. */
  readonly found = new Map<number, Set<string>>();
  #table: string | null = null;

  constructor(private readonly spool: ValueSpool) {}

  /** In something that is whole. */
  in(bytes: Buffer, place: string): void {
    this.#search(bytes, bytes.length, () => place);
  }

  /** Passes a stream on, and looks for values also where they stand across its pieces. */
  passing(): Transform {
    const search = (data: Buffer, end: number) =>
      this.#search(data, end, (at) => tableAt(data, at) ?? this.#table);
    const overlap = () => this.spool.longest - 1;
    let rest: Buffer = Buffer.alloc(0);
    return new Transform({
      highWaterMark: 1024 * 1024,
      transform: (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) => {
        const data = Buffer.concat([rest, chunk]);
        const end = Math.max(0, data.length - overlap());
        search(data, end);
        this.#table = tableAt(data, end) ?? this.#table;
        rest = data.subarray(end);
        done(null, chunk);
      },
      flush: (done: TransformCallback) => {
        search(rest, rest.length);
        rest = Buffer.alloc(0);
        done();
      },
    });
  }

  #search(bytes: Buffer, end: number, placeAt: (at: number) => string | null): void {
    const data = folded(bytes);
    this.spool.filter.search(data, end, (at) => {
      const column = this.spool.columnAt(data, at);
      if (column === undefined) return;
      const places = this.found.get(column) ?? new Set<string>();
      this.found.set(column, places);
      const place = places.size < mostPlaces ? placeAt(at) : null;
      if (place !== null) places.add(place);
    });
  }
}

/** The table whose rows stand at this place of a dump in SQL, if the statement begins in this piece. */
function tableAt(data: Buffer, at: number): string | null {
  const begin = data.lastIndexOf(insert, at);
  const end = begin < 0 ? -1 : data.indexOf(0x60, begin + insert.length);
  if (end >= 0) return data.toString('utf8', begin + insert.length, end);
  const rows = data.lastIndexOf(copy, at);
  const line = rows < 0 ? '' : data.toString('utf8', rows + 1, rows + copyBytes);
  const [, schema, table] = /^COPY "((?:[^"]|"")+)"\."((?:[^"]|"")+)"/.exec(line) ?? [];
  if (schema === undefined || table === undefined) return null;
  return (schema === 'public' ? table : `${schema}.${table}`).replaceAll('""', '"');
}
