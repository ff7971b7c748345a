import { partSizeOf } from './s3-upload.js';

const megabyte = 1024 ** 2;
const gigabyte = 1024 ** 3;

describe('the parts of an object in S3', () => {
  it.each([1, 2, 70, 71, 500, 5 * 1024])('are within its limits for %d GB', (gigabytes) => {
    const size = partSizeOf(gigabytes * gigabyte);
    expect(Math.ceil((gigabytes * gigabyte) / size)).toBeLessThan(10_000);
    expect(size).toBeGreaterThanOrEqual(5 * megabyte);
    expect(size).toBeLessThanOrEqual(5 * gigabyte);
  });

  it('are small as long as that is possible: two of them are in memory', () => {
    expect(partSizeOf(70 * gigabyte)).toBe(8 * megabyte);
    expect(partSizeOf(1024 * gigabyte)).toBeLessThan(120 * megabyte);
  });
});
