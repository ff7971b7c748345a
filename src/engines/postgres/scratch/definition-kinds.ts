import { Transform, type TransformCallback } from 'node:stream';
import { DomainError } from '../../../common/errors.js';

/** What of a database may be in a public dump beside rows, as pg_dump names it. */
const allowed = new Set([
  ...['EXTENSION', 'SCHEMA', 'TYPE', 'DOMAIN', 'COLLATION'],
  ...['TABLE', 'TABLE ATTACH', 'SEQUENCE', 'SEQUENCE OWNED BY', 'DEFAULT'],
  ...['CONSTRAINT', 'CHECK CONSTRAINT', 'FK CONSTRAINT', 'INDEX', 'INDEX ATTACH'],
]);

const newline = 0x0a;
/** More than a function with a hundred arguments has in its name. */
const lineBytes = 64 * 1024;

/**
 * Reads, in definitions that pass, of which kinds they are: pg_dump writes it above each. So that what removed the others need
 * not have thought of everything that a database can hold.
 */
export class DefinitionKinds {
  readonly #others = new Set<string>();

  passing(): Transform {
    let line: Buffer = Buffer.alloc(0);
    return new Transform({
      highWaterMark: 1024 * 1024,
      transform: (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) => {
        let from = 0;
        for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
          this.#line(Buffer.concat([line, chunk.subarray(from, Math.min(end, from + lineBytes))]));
          line = Buffer.alloc(0);
          from = end + 1;
        }
        const room = Math.max(0, lineBytes - line.length);
        line = Buffer.concat([line, chunk.subarray(from, from + room)]);
        done(null, chunk);
      },
    });
  }

  /** All that could be the kind: a name may hold anything. */
  #line(bytes: Buffer): void {
    const line = bytes.toString('utf8');
    if (!/^-- (Data for )?Name: /.test(line)) return;
    for (const [, kind = ''] of line.matchAll(/; Type: ([A-Z ]+); Schema: /g)) {
      if (!allowed.has(kind)) this.#others.add(kind);
    }
  }

  /** Throws DomainError `conflict` when something else has passed. */
  mustBeAllowed(): void {
    if (this.#others.size === 0) return;
    const kinds = [...this.#others].join(', ').toLowerCase();
    throw new DomainError(
      'conflict',
      `The copy holds what public dumps of PostgreSQL may not have, and what could not be taken out of it: ${kinds}.`,
    );
  }
}
