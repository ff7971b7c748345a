import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { LeakSearch } from './leak-search.js';
import { ValueSpool } from './value-spool.js';

let folder: string;
let spool: ValueSpool;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-spool-'));
  spool = new ValueSpool(folder);
});
afterEach(async () => {
  await spool.close();
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

const hide = (...values: (string | Buffer)[]) =>
  spool.add(values.map((value, column) => ({ column, bytes: Buffer.from(value as string) })));

/** Which columns are found in a dump that comes in pieces of so many bytes. */
async function foundIn(dump: string | Buffer, pieceBytes = 1000): Promise<number[]> {
  const bytes = Buffer.from(dump as string);
  const search = new LeakSearch(spool);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) =>
    bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes),
  );
  expect((await buffer(Readable.from(pieces).pipe(search.passing()))).equals(bytes)).toBe(true);
  return [...search.found.keys()];
}

describe('the search for hidden values', () => {
  it.each([1, 7, 8, 13, 1000])(
    'finds a value wherever it stands, in pieces of %d bytes',
    async (pieceBytes) => {
      hide('mary.smith@example.net', '12345678');
      expect(await foundIn('mary.smith@example.net', pieceBytes)).toEqual([0]);
      expect(await foundIn(`${'x'.repeat(500)}mary.smith@example.net`, pieceBytes)).toEqual([0]);
      expect(await foundIn(`${'x'.repeat(500)}, 12345678 and more`, pieceBytes)).toEqual([1]);
      expect(await foundIn(`mary.smith@example.ne${'x'.repeat(500)}1234567`, pieceBytes)).toEqual([]);
    },
  );

  it.each([
    ['escaped', 'it\'s "one"\n\\ of two', "'it\\'s \\\"one\\\"\\n\\\\ of two'"],
    ['inside a JSON document', 'say "hello" twice', '{"a":"say \\"hello\\" twice"}'],
    [
      'inside a JSON document, escaped',
      'say "hello" twice',
      '\'{\\"a\\":\\"say \\\\\\"hello\\\\\\" twice\\"}\'',
    ],
    ['in a row of COPY', 'tab\t "it\'s" \\', '1\ttab\\t "it\'s" \\\\\t\\N\n'],
    [
      'inside a JSON document, in a row of COPY',
      'two\n"lines" \\',
      '1\t{"a": "two\\\\n\\\\"lines\\\\" \\\\\\\\"}\n',
    ],
    ['in an array, in a row of COPY', 'a "b", c', '{"a \\\\"b\\\\", c",d}'],
    ['in a composite value, in a row of COPY', 'a "b", c', '(1,"a ""b"", c")'],
    ['in a string of SQL', "anna.o'neil@example.net", "DEFAULT 'anna.o''neil@example.net'::text"],
    ['in capitals', 'mary.smith@example.net', "'Mary.SMITH@example.NET'"],
    ['as hexadecimal digits', 'forty-two', `0x${Buffer.from('forty-two').toString('hex').toUpperCase()}`],
  ])('finds a value %s', async (_how, value, dump) => {
    hide(value);
    expect(await foundIn(`INSERT INTO \`t\` VALUES (${dump});`)).toEqual([0]);
  });

  it('finds bytes that are no text, and the beginning of what is long', async () => {
    hide(Buffer.from('00ff1a27225c0a0dfe80', 'hex'), 'long'.repeat(10_000));
    expect(await foundIn(Buffer.from('61626300ff1a27225c0a0dfe8061', 'hex'))).toEqual([0]);
    expect(await foundIn(`- ${'long'.repeat(64)} -`)).toEqual([1]);
    expect(await foundIn(`- ${'long'.repeat(63)} -`)).toEqual([]);
  });

  it('does not look for values of less than eight bytes', async () => {
    hide('1234567');
    expect(await foundIn('1234567')).toEqual([]);
  });

  it('says in which table it stands', async () => {
    hide('mary.smith@example.net');
    const search = new LeakSearch(spool);
    const sql =
      "INSERT INTO `staff` VALUES (1);\nINSERT INTO `notes` VALUES (1,'by mary.smith@example.net');\nINSERT INTO `x`";
    await buffer(Readable.from([Buffer.from(sql)]).pipe(search.passing()));
    expect([...search.found]).toEqual([[0, new Set(['notes'])]]);

    const others = new LeakSearch(spool);
    const rows =
      '\nCOPY "public"."staff" ("id") FROM stdin;\n1\n\\.\nCOPY "shop"."no""tes" ("id") FROM stdin;\n1\tmary.smith@example.net\n';
    await buffer(Readable.from([Buffer.from(rows)]).pipe(others.passing()));
    expect([...others.found]).toEqual([[0, new Set(['shop.no"tes'])]]);
  });

  it('tells many values apart that begin alike', async () => {
    hide(...Array.from({ length: 2000 }, (_, at) => `https://example.net/${at}/`));
    expect(await foundIn('https://example.net/1999/')).toEqual([1999]);
    expect(await foundIn('https://example.net/2000/')).toEqual([]);
  });
});
