import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestFile } from './digest-file.js';

describe('the digest of a file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-digest-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([0, 1, 1024 * 1024, 3 * 1024 * 1024 + 17])('covers all of its %d bytes', async (bytes) => {
    const content = Buffer.alloc(bytes, 'of some kind');
    await writeFile(join(folder, 'file'), content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await digestFile(join(folder, 'file'))).toEqual({ bytes, sha256 });
  });
});
