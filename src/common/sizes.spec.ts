import { formatBytes } from './sizes.js';

describe('sizes for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KB'],
    [23384, '22.84 KB'],
    [2519105, '2.4 MB'],
    [12582912, '12 MB'],
    [5 * 1024 ** 4, '5 TB'],
  ])('%d bytes read %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
