import { bridgePostgresType } from './bridge-postgres-types.js';

describe('a type of PostgreSQL', () => {
  it.each([
    ['smallint', 'bigint'],
    ['integer', 'bigint'],
    ['character varying(20)', 'character varying(21)'],
    ['character varying(20)', 'character varying'],
    ['character varying(20)', 'text'],
    ['text', 'character varying'],
    ['character(8)', 'character(9)'],
    ['character(8)', 'text'],
    ['numeric(8,2)', 'numeric(10,2)'],
    ['numeric(8,2)', 'numeric'],
    ['timestamp(3) without time zone', 'timestamp without time zone'],
    ['timestamp(0) with time zone', 'timestamp(3) with time zone'],
    ['time(2) without time zone', 'time(4) without time zone'],
  ])('%s fits as it is into %s', (from, to) => {
    expect(bridgePostgresType(from, to)).toBe('same');
  });

  it.each([
    ['bigint', 'integer'],
    ['integer', 'numeric'],
    ['character varying(20)', 'character varying(19)'],
    ['text', 'character varying(1000)'],
    ['text', 'character(8)'],
    ['text', 'bytea'],
    ['numeric', 'numeric(10,2)'],
    ['numeric(8,2)', 'numeric(8,3)'],
    ['numeric(8,2)', 'numeric(10,1)'],
    ['real', 'double precision'],
    ['json', 'jsonb'],
    ['timestamp without time zone', 'timestamp(3) without time zone'],
    ['timestamp without time zone', 'timestamp with time zone'],
    ['timestamp without time zone', 'date'],
    ['state', 'text'],
    ['integer[]', 'bigint[]'],
  ])('%s may not fit into %s', (from, to) => {
    expect(bridgePostgresType(from, to)).toBeNull();
  });

  it('a number with more digits behind the point is written with them', () => {
    const convert = bridgePostgresType('numeric(8,2)', 'numeric(12,4)');
    const whole = bridgePostgresType('numeric(8,0)', 'numeric(12,2)');
    if (typeof convert !== 'function' || typeof whole !== 'function') throw new Error('no conversion');
    expect([convert('-1.50'), convert('NaN'), convert(null), whole('7')]).toEqual([
      '-1.5000',
      'NaN',
      null,
      '7.00',
    ]);
  });
});
