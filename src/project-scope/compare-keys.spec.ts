import type { Cell, Row } from '../engines/rows.types.js';
import { isIntegerType as isSqliteInteger } from '../engines/sqlite/rows/schema.js';
import { columnKind } from '../engines/mysql/rows/column-kinds.js';
import { compareKeys, isIntegerType } from './compare-keys.js';

const sign = (value: number) => Math.sign(value);
const integer = (value: bigint): Cell =>
  Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) };

/** Pseudo-random and the same in every run (a linear congruential generator, Knuth's constants). */
function* randoms(count: number): Generator<bigint> {
  let state = 20260301n;
  for (let index = 0; index < count; index += 1) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    yield state >> 3n;
  }
}

describe('the order of keys', () => {
  it('is that of the numbers in columns of integers, whether or not JSON can carry them', () => {
    const numbers = [...randoms(300)].map((value) => BigInt.asIntN(64, value << (value % 61n)));
    numbers.push(0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 53n, 2n ** 53n - 1n);
    const sorted = [...numbers].sort((a, b) => (a < b ? -1 : Number(a > b)));
    const rows = numbers.map((value): Row => [integer(value)]);
    expect(rows.sort((a, b) => compareKeys(a, b, [true]))).toEqual(sorted.map((value) => [integer(value)]));
  });

  it('is that of the bytes of the text in all other columns, not of UTF-16', () => {
    const parts = ['', 'a', 'B', 'ä', 'z', '\uffee', '😀', '0', '9', '10', ' ', '\0', '€'];
    const texts = [...randoms(300)].map((value) =>
      [value % 13n, (value >> 8n) % 13n, (value >> 16n) % 13n].map((at) => parts[Number(at)]).join(''),
    );
    for (const [index, a] of texts.entries()) {
      const b = texts.at(-index - 1) ?? '';
      expect(sign(compareKeys([a], [b], [false]))).toBe(sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }
    expect(compareKeys([10], [9], [false])).toBeLessThan(0);
    expect(compareKeys(['😀'], ['\uffee'], [false])).toBeGreaterThan(0);
  });

  it('is that of their own bytes for bytes, and that of the text for tagged numbers', () => {
    const bytes = (hex: string): Row => [{ $bytes: Buffer.from(hex, 'hex').toString('base64') }];
    expect(compareKeys(bytes('7f'), bytes('ff'), [false])).toBeLessThan(0);
    expect(compareKeys(bytes(''), bytes('00'), [false])).toBeLessThan(0);
    expect(compareKeys([{ $real: '1e+30' }], [{ $real: '9' }], [false])).toBeLessThan(0);
    expect(compareKeys([{ $int: '9007199254740993' }], [{ $int: '9007199254740993' }], [true])).toBe(0);
  });

  it('puts nulls first and goes on to the next column where one is equal', () => {
    expect(compareKeys([null], [''], [false])).toBeLessThan(0);
    expect(compareKeys([0], [null], [true])).toBeGreaterThan(0);
    expect(compareKeys([null, 2], [null, 10], [true, true])).toBeLessThan(0);
    expect(compareKeys(['a', 1], ['a', 1], [false, true])).toBe(0);
  });

  it.each([
    ...['int', 'INTEGER', 'bigint(20) unsigned', 'tinyint(1)', 'mediumint', 'UNSIGNED BIG INT', 'INT8'],
    ...['year', 'YEAR(4)', 'point', 'POINT', 'FLOATING POINT', 'multipoint', 'decimal(10,2)', 'varchar(20)'],
    ...[
      'double',
      'text',
      'bit(8)',
      'datetime(6)',
      '',
      'NUMERIC',
      'char(36)',
      'tinytext',
      'tinyblob',
      'CHARINT',
    ],
  ])('is by value or by bytes as SQLite rows are read, for the type "%s"', (type) => {
    expect(isIntegerType(type)).toBe(isSqliteInteger(type));
  });

  it.each([
    ...['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year', 'decimal', 'double', 'float', 'date'],
    ...['datetime', 'timestamp', 'time', 'bit', 'point', 'multipoint', 'char', 'varchar', 'binary', 'json'],
  ])('is by value or by bytes as MySQL rows are read, for the type "%s"', (type) => {
    // MySQL leaves the bare column where its own order is the same: that of numbers, or that of dates and of bits.
    const isNumber = columnKind(type, null)?.literal(7) === '7' && columnKind(type, null)?.order('c') === 'c';
    expect(isIntegerType(type)).toBe(isNumber);
  });
});
