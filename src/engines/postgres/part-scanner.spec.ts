import { createHash } from 'node:crypto';
import { PartScanner } from './part-scanner.js';

const rows = 'a\\\\.\t1\n\\N\t2\n\n';
const dump = Buffer.from(
  `--\nSET x = 1;\nCOPY "public"."odd ""t""" ("a", "b") FROM stdin;\n${rows}\\.\n\n` +
    `COPY "shop"."empty" ("a") FROM stdin;\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n`,
);

describe('What passes a part scanner', () => {
  it.each([1, 2, 3, 7, 1_000])('is counted whatever the size of the pieces: %i bytes', (size) => {
    const scanner = new PartScanner('tables');
    for (let at = 0; at < dump.length; at += size) scanner.scan(dump.subarray(at, at + size));
    expect(scanner.complete).toBe(true);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(scanner.tables).toEqual([
      { name: 'odd "t"', rows: 3, sha256: sha256(rows) },
      { name: 'shop.empty', rows: 0, sha256: sha256('') },
    ]);
  });

  it('has large objects as the rows of one table', () => {
    const scanner = new PartScanner('tables');
    const objects = ['12', '34'].map(
      (oid) =>
        `SELECT pg_catalog.lo_open('${oid}', 131072);\nSELECT pg_catalog.lowrite(0, '\\x78');\nSELECT pg_catalog.lo_close(0);\n`,
    );
    scanner.scan(Buffer.from(`BEGIN;\n\n${objects.join('\n')}\nCOMMIT;\n`));
    const sha256 = createHash('sha256').update(objects.join('')).digest('hex');
    expect(scanner.tables).toEqual([{ name: 'pg_catalog.pg_largeobject', rows: 2, sha256 }]);
  });

  it('is not complete before its end, nor when it goes on', () => {
    const scanner = new PartScanner('tables');
    scanner.scan(dump.subarray(0, -45));
    expect(scanner.complete).toBe(false);
    scanner.scan(dump.subarray(-45));
    expect(scanner.complete).toBe(true);
    scanner.scan(Buffer.from('DROP TABLE t;\n'));
    expect(scanner.complete).toBe(false);
  });
});
