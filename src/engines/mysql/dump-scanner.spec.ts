import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Readable, Writable } from 'node:stream';
import type { PartName } from './dump-arguments.js';
import { DumpScanner } from './dump-scanner.js';
import type { RowListener } from './insert-scanner.js';

const mysqlStyle = [
  '-- MySQL dump 10.13',
  'CREATE TABLE `strings` (',
  '  `id` int NOT NULL',
  ') ENGINE=InnoDB;',
  "INSERT INTO `strings` (`id`, `VALUES (`) VALUES (1,'a'),(2,'it\\'s ),( ; \\\\'),(3,_binary '\\0\\n'),(4,NULL);",
  "INSERT INTO `strings` (`id`, `VALUES (`) VALUES (5,'æøå 😀');",
  'CREATE TABLE `odd``name` (',
  '-- Dump completed on 2026-11-20 22:19:01',
  '',
].join('\n');

const mariadbStyle = [
  '/*M!999999\\- enable the sandbox mode */ ',
  'CREATE TABLE `strings` (',
  'INSERT INTO `strings` (`id`, `value`) VALUES',
  "(1,'a'),",
  "(2,'(((\\n'),",
  "(3,'');",
  'CREATE TABLE `empty` (',
  '-- Dump completed on 2026-11-20 22:19:01',
  '',
].join('\n');

async function scan(
  dump: string,
  chunkBytes: number,
  part: PartName = 'tables',
  onRow?: RowListener,
): Promise<DumpScanner> {
  const bytes = Buffer.from(dump);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
  const scanner = new DumpScanner(part, onRow ? { onRow } : {});
  const passed: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      passed.push(chunk);
      done();
    },
  });
  await pipeline(Readable.from(chunks), scanner, sink);
  expect(Buffer.concat(passed).equals(bytes)).toBe(true);
  return scanner;
}

describe('the dump scanner', () => {
  it.each([1, 2, 3, 7, 64, 100_000])(
    'counts the rows of both layouts, cut at every %d bytes',
    async (size) => {
      const mysql = await scan(mysqlStyle, size);
      expect(mysql.tables).toEqual(['strings', 'odd`name']);
      expect(mysql.rows.get('strings')).toBe(5);
      expect(mysql.complete).toBe(true);
      const mariadb = await scan(mariadbStyle, size);
      expect(mariadb.tables).toEqual(['strings', 'empty']);
      expect(mariadb.rows.get('strings')).toBe(3);
      expect(mariadb.complete).toBe(true);
    },
  );

  it.each([1, 2, 3, 7, 64, 100_000])(
    'hashes what stands between VALUES and the semicolon, cut at every %d bytes',
    async (size) => {
      const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
      const mysql = await scan(mysqlStyle, size);
      expect(mysql.sha256Of('strings')).toBe(
        sha256(" (1,'a'),(2,'it\\'s ),( ; \\\\'),(3,_binary '\\0\\n'),(4,NULL) (5,'æøå 😀')"),
      );
      const mariadb = await scan(mariadbStyle, size);
      expect(mariadb.sha256Of('strings')).toBe(sha256("\n(1,'a'),\n(2,'(((\\n'),\n(3,'')"));
      expect(mariadb.sha256Of('empty')).toBe(sha256(''));
    },
  );

  it.each([1, 2, 3, 7, 64, 100_000])('tells each row, cut at every %d bytes', async (size) => {
    const rows: string[] = [];
    await scan(mysqlStyle, size, 'tables', (table, row) => rows.push(`${table} ${row.toString()}`));
    await scan(mariadbStyle, size, 'tables', (table, row) => rows.push(`${table} ${row.toString()}`));
    expect(rows).toEqual(
      [
        "(1,'a')",
        "(2,'it\\'s ),( ; \\\\')",
        "(3,_binary '\\0\\n')",
        '(4,NULL)',
        "(5,'æøå 😀')",
        "(1,'a')",
        "(2,'(((\\n')",
        "(3,'')",
      ].map((row) => `strings ${row}`),
    );
  });

  it('does not take a dump for whole that ends inside of a row', async () => {
    const scanner = await scan(mysqlStyle.slice(0, mysqlStyle.indexOf('(3,')), 10);
    expect(scanner.complete).toBe(false);
  });

  it('does not take an end marker inside of a string for the end', async () => {
    const scanner = await scan("INSERT INTO `t` VALUES ('\n-- Dump completed\n", 10);
    expect(scanner.complete).toBe(false);
  });

  it('reports what the tool was not allowed to see', async () => {
    const scanner = await scan('-- insufficient privileges to SHOW CREATE FUNCTION `f`\n', 10, 'routines');
    expect(scanner.refusals).toHaveLength(1);
  });

  it('takes no line of a routine for rows, a table, a view or a position', async () => {
    const lines = [
      'INSERT INTO `log` SELECT 1;',
      'CREATE TABLE `scratch` (',
      '-- Final view structure for view `v`',
      '-- Dump completed on 2026-11-20 22:19:01',
      '',
    ];
    const scanner = await scan(lines.join('\n'), 7, 'routines');
    expect(scanner.complete).toBe(true);
    expect([scanner.tables, [...scanner.rows], scanner.views]).toEqual([[], [], []]);
  });
});
