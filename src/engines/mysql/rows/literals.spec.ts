import {
  bitLiteral,
  bytesLiteral,
  dateLiteral,
  decimalLiteral,
  integerLiteral,
  orderLiteral,
  realLiteral,
  textLiteral,
  timeLiteral,
} from './literals.js';

describe('SQL literals', () => {
  it('of integers are exact beyond 2^53', () => {
    expect(integerLiteral(-5)).toBe('-5');
    expect(integerLiteral({ $int: '18446744073709551615' })).toBe('18446744073709551615');
    expect(integerLiteral(2 ** 53)).toBeUndefined();
  });

  it('of floating numbers have an exponent and keep the sign of zero', () => {
    expect(realLiteral(0.1)).toBe('1e-1');
    expect(realLiteral(123456789012345680000)).toBe('1.2345678901234568e+20');
    expect(realLiteral({ $real: '-0' })).toBe('-0e0');
    expect(realLiteral(Infinity)).toBeUndefined();
  });

  it('of decimals are not quoted, of dates and texts they are', () => {
    expect(decimalLiteral('-1.50')).toBe('-1.50');
    expect(dateLiteral('0000-00-00 00:00:00.000001')).toBe("'0000-00-00 00:00:00.000001'");
    expect(timeLiteral('-838:59:59')).toBe("'-838:59:59'");
    expect(textLiteral("a'\\")).toBe("'a\\'\\\\'");
  });

  it('of bytes are hexadecimal, of bits a number', () => {
    expect(bytesLiteral({ $bytes: 'AP8=' })).toBe("X'00ff'");
    expect(bytesLiteral({ $bytes: '' })).toBe("X''");
    expect(bitLiteral({ $bytes: '//////////8=' })).toBe('18446744073709551615');
  });

  it.each([
    ['integer', () => integerLiteral({ $int: '1 OR 1' })],
    ['decimal', () => decimalLiteral('1e5')],
    ['date', () => dateLiteral("2024-01-01' OR 1")],
    ['time', () => timeLiteral('now')],
    ['text', () => textLiteral({ $bytes: '' })],
    ['bytes', () => bytesLiteral({ $bytes: 'AP8' })],
    ['real', () => realLiteral({ $real: '1, 2' })],
  ])('are not made of what is no %s', (_, literal) => {
    expect(literal()).toBeUndefined();
  });

  it('of the order are the bytes of the cell', () => {
    expect([orderLiteral('é'), orderLiteral(1.5), orderLiteral({ $bytes: '/w==' })]).toEqual([
      "X'c3a9'",
      "X'312e35'",
      "X'ff'",
    ]);
  });
});
