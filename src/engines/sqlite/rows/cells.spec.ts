import { fromCell, toCell } from './cells.js';

describe('the cells of a SQLite row', () => {
  it.each([
    [null, null],
    [7n, 7],
    [-9007199254740991n, -9007199254740991],
    [9007199254740993n, { $int: '9007199254740993' }],
    [-9223372036854775808n, { $int: '-9223372036854775808' }],
    [1.5, 1.5],
    [1, { $real: '1' }],
    [-0, { $real: '-0' }],
    [1e300, { $real: '1e+300' }],
    [-Infinity, { $real: '-Infinity' }],
    ['00012', '00012'],
    ['with\0zero', 'with\0zero'],
    [Buffer.from([0, 255, 128]), { $bytes: 'AP+A' }],
  ])('carry %p and give it back', (value, cell) => {
    expect(toCell(value)).toEqual(cell);
    expect(fromCell(cell)).toEqual(value);
  });

  it.each(['9223372036854775808', '-9223372036854775809', '1.5', '', '0x10', '99999999999999999999999'])(
    'refuse %p as a 64-bit integer',
    (text) => {
      expect(() => fromCell({ $int: text })).toThrow('SQLite');
    },
  );

  it('refuse as a floating number what is none', () => {
    expect(() => fromCell({ $real: 'one' })).toThrow('SQLite');
  });
});
