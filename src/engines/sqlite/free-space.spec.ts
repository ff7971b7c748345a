import { tmpdir } from 'node:os';
import { mustHaveSpace } from './free-space.js';

describe('free space before a restore', () => {
  const folder = tmpdir();

  it('is enough for a little', async () => {
    await expect(mustHaveSpace([{ folder, bytes: 1 }])).resolves.toBeUndefined();
  });

  it('is not enough for a petabyte, and the refusal says how much there is', async () => {
    await expect(mustHaveSpace([{ folder, bytes: 1024 ** 5 }])).rejects.toMatchObject({
      code: 'no-space',
      detail: expect.stringMatching(/needs 1 PB .* finds [\d.]+ [MGT]B/) as string,
    });
  });

  it('is added up for two folders on one volume', async () => {
    const half = 512 * 1024 ** 4;
    const needs = [
      { folder, bytes: half },
      { folder, bytes: half },
    ];
    await expect(mustHaveSpace(needs)).rejects.toMatchObject({
      detail: expect.stringContaining('1 PB') as string,
    });
  });
});
