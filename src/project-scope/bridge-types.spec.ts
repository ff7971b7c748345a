import { bridgeType } from './bridge-types.js';

const mysql = (from: string, to: string) => bridgeType(from, to, 'mysql');

describe('values of a column whose type has changed', () => {
  it.each([
    ['int(11)', 'int'],
    ['int', 'bigint'],
    ['tinyint unsigned', 'smallint'],
    ['smallint(5) unsigned', 'int(10) unsigned'],
    ['varchar(20)', 'varchar(21)'],
    ['char(36)', 'varchar(36)'],
    ['varchar(200)', 'text'],
    ['text', 'longtext'],
    ['varbinary(16)', 'blob'],
    ['binary(16)', 'varbinary(16)'],
    ["enum('a','b')", "enum('b','c','a')"],
  ])('stay as they are from %s to %s', (from, to) => {
    expect(mysql(from, to)).toBe('same');
  });

  it.each([
    ['bigint', 'int'],
    ['int', 'int unsigned'],
    ['int unsigned', 'int'],
    ['varchar(20)', 'varchar(19)'],
    ['text', 'varchar(300)'],
    ['varchar(20)', 'varbinary(20)'],
    ['varbinary(16)', 'binary(16)'],
    ['decimal(10,2)', 'decimal(10,3)'],
    ['decimal(10,2)', 'decimal(12,1)'],
    ['datetime(6)', 'datetime'],
    ['datetime', 'timestamp'],
    ['float', 'double'],
    ['int', 'varchar(20)'],
    ["enum('a','b')", "enum('a')"],
  ])('may not fit from %s to %s', (from, to) => {
    expect(mysql(from, to)).toBeNull();
  });

  it.each([
    ['decimal(10,2)', 'decimal(12,4)', '-1.50', '-1.5000'],
    ['decimal(10,0)', 'decimal(12,2)', '7', '7.00'],
    ['datetime', 'datetime(3)', '2026-01-02 03:04:05', '2026-01-02 03:04:05.000'],
    ['time(1)', 'time(2)', '03:04:05.5', '03:04:05.50'],
  ])('get the zeros of %s to %s', (from, to, before, after) => {
    const convert = mysql(from, to);
    if (typeof convert !== 'function') throw new Error('no conversion');
    expect(convert(before)).toBe(after);
    expect(convert(null)).toBeNull();
  });

  it('follow SQLite in what a declared type means', () => {
    expect(bridgeType('VARCHAR(20)', 'TEXT', 'sqlite')).toBe('same');
    expect(bridgeType('INT', 'BIGINT', 'sqlite')).toBe('same');
    expect(bridgeType('TEXT', 'INTEGER', 'sqlite')).toBeNull();
  });
});
