import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../../src/common/clock.js';
import { LocalObjectStore } from '../../../src/storage/local/local-object-store.js';
import { all, content } from './content.js';
import { storageContract } from './storage.suite.js';

async function createPlace() {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-copies-'));
  return {
    store: new LocalObjectStore(folder, new Clock()),
    away: new LocalObjectStore(join(folder, 'not-mounted'), new Clock()),
    unfinished: async () =>
      (await readdir(folder, { recursive: true })).filter((name) => name.includes('.holdfast-')),
    secrets: [],
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

describe('a folder for copies', () => {
  storageContract({ createPlace, links: false, holds: false });

  describe('and its file system', () => {
    let folder: string;
    let store: LocalObjectStore;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'holdfast-copies-'));
      store = new LocalObjectStore(join(folder, 'place'), new Clock());
      await mkdir(store.location);
    });

    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('follows no link out of the folder', async () => {
      await mkdir(join(folder, 'outside'));
      await writeFile(join(folder, 'outside/secret'), 'of others');
      await symlink(join(folder, 'outside'), join(store.location, 'out'));
      await symlink(join(folder, 'outside/secret'), join(store.location, 'file'));
      await expect(store.open('out/secret')).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.open('file')).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.put('out/new', content('x'))).rejects.toMatchObject({ code: 'not-found' });
      expect(await all(store.walk(''))).toEqual([]);
      expect(await readdir(join(folder, 'outside'))).toEqual(['secret']);
    });

    it('sweeps working files that nobody wrote to for a day, and no others', async () => {
      await store.put('kept', content('x'));
      const [old, young] = ['.holdfast-old', '.holdfast-young'].map((name) => join(store.location, name));
      await writeFile(old!, 'x');
      await writeFile(young!, 'x');
      const dayAgo = new Clock().now().getTime() / 1000 - 25 * 3600;
      await utimes(old!, dayAgo, dayAgo);
      expect(await store.sweep()).toBe(1);
      expect((await readdir(store.location)).sort()).toEqual(['.holdfast-young', 'kept']);
    });

    it('does not make its folder anew: it may be a mount that was lost', async () => {
      await rm(store.location, { recursive: true });
      await expect(store.put('x', content('x'))).rejects.toMatchObject({ code: 'storage-unavailable' });
      expect(await readdir(folder)).toEqual([]);
    });

    it('keeps copies from other users of the machine', async () => {
      await store.put('private', content('x'));
      const { mode } = await stat(join(store.location, 'private'));
      expect(mode & 0o007).toBe(0);
    });
  });
});
