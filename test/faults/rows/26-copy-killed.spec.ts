import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteTarget, type Target } from '../../factories/target.js';
import { bucketPlace, type CopyPlace, folderPlace, type FolderPlace } from '../kit/copy-places.js';
import { CopyWatch, type WatchedCopy } from '../kit/copy-watch.js';
import { FileMoments } from '../kit/moments.js';
import { MortalService } from '../kit/mortal-service.js';
import { filesBelow } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const isDone = ({ state }: WatchedCopy) => state === 'done';
const manifestOf = (path: string) => `${path}.manifest.json`;

describe('Row 26: the service is killed while a backup is copied', () => {
  let target: Target;
  let folder: FolderPlace;
  let bucket: CopyPlace;
  let service: MortalService;
  let copies: CopyWatch;

  beforeAll(async () => {
    target = await sqliteTarget();
    await target.run(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT);
       INSERT INTO projects VALUES (1, 'Harbour');
       CREATE TABLE files (id INTEGER PRIMARY KEY, bytes BLOB);
       INSERT INTO files VALUES (1, randomblob(9000000))`,
    );
    [folder, bucket] = await Promise.all([folderPlace(), bucketPlace()]);
    service = await MortalService.start({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_MAX_BACKUPS: '1',
      HOLDFAST_COPIES_KEEP_DAYS: '30',
      ...folder.settings,
      ...bucket.settings,
    });
    copies = new CopyWatch(service.folder);
  });
  afterAll(async () => {
    copies?.close();
    await service?.remove();
    await Promise.all([folder?.close(), bucket?.close(), target.drop()]);
  });

  const kill = () => process.kill(service.pid, 'SIGKILL');
  const local = (path: string) => join(service.backups, path);
  /** Answers when the backup is in both places. */
  const make = () => service.call('POST', '/api/backup/create', {});
  const states = async () =>
    (await service.call('GET', '/api/v1/backup')).body.backups.map(({ state }: { state: string }) => state);
  const until = async (isSo: () => boolean | Promise<boolean>, what: string) => {
    const deadline = performance.now() + 60_000;
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error(`Not so within a minute: ${what}`);
      await sleep(20);
    }
  };

  /** What counts is whole; what does not count yet still has its file here. */
  const expectNothingHalf = async (path: string) => {
    for (const copy of copies.of(path)) {
      const place = copy.place === folder.location ? folder : bucket;
      const names = await place.list();
      const isListed = names.includes(manifestOf(path));
      if (isDone(copy)) expect(isListed).toBe(true);
      if (isListed) expect(names).toContain(path);
      if (names.includes(path)) expect(sha256Of(await place.read(path))).toBe(copy.sha256);
      if (!isDone(copy)) expect(sha256Of(await readFile(local(path)))).toBe(copy.sha256);
    }
  };

  it('it is made anew, counts when it is whole, and the file here stays until then', async () => {
    await repeat(repetitions(1), async ({ random }) => {
      const place = random.pick([bucket, folder]);
      const known = new Set(copies.all().map(({ path }) => path));
      const killed = () =>
        copies.all().find(({ path, place: at }) => at === place.location && !known.has(path));
      const answered = make().catch(() => null);
      const moment = await place.moments.strike(random, () => killed()?.state === 'done', kill);
      await Promise.all([answered, service.signal('SIGKILL')]);
      const { path, state } = killed()!;
      await expectNothingHalf(path);
      const left = await place.leftOvers();
      await place.age();
      await service.restart();

      // Retention has one too many now.
      expect((await make()).status).toBe(201);
      await expectNothingHalf(path);
      copies.passMinute();
      await until(() => copies.all().every(isDone), 'all copies are made');
      const paths = [...new Set(copies.all().map((copy) => copy.path))];
      const names = paths.flatMap((one) => [one, manifestOf(one)]).sort();
      for (const one of [bucket, folder]) expect((await one.list()).sort()).toEqual(names);
      for (const one of paths.slice(0, 2)) await expectNothingHalf(one);
      await until(async () => (await place.leftOvers()).length === 0, 'what was left is swept');
      expect(await states()).not.toContain('missing');
      const kind = place === bucket ? 'bucket' : 'folder';
      return [`${kind}: ${moment}`, state, left.length > 0 ? 'left something' : 'left nothing'];
    });
  }, 900_000);

  it('or brought back, nothing half is in the backup folder, live is old or new, and the next try succeeds', async () => {
    if (copies.all().length === 0) await make();
    const { path, sha256 } = copies.all()[0]!;
    const moments = new FileMoments(join(service.backups, 'full'), 100);
    const body = { filename: path.slice('full/'.length) };
    const name = async () => (await target.rows('SELECT name FROM projects'))[0];

    await repeat(repetitions(1), async ({ random }) => {
      await target.run("UPDATE projects SET name = 'Wreck'");
      await rm(local(path));
      const restore = async () => {
        const job = await service.begin('/api/v1/backup/restore', body);
        return moments.strike(random, () => service.jobs.where(job) === 'ended', kill);
      };
      const isFromBucket = random.next() < 0.5;
      const moment = isFromBucket ? await folder.whileAway(restore) : await restore();
      await service.signal('SIGKILL');
      const isBack = existsSync(local(path));
      if (isBack) expect(sha256Of(await readFile(local(path)))).toBe(sha256);
      await service.restart();

      const files = Object.keys(await filesBelow(service.backups)).filter((file) =>
        file.includes(body.filename),
      );
      expect(files.sort()).toEqual([...(isBack ? [path] : []), manifestOf(path)]);
      expect(['"Harbour"', '"Wreck"']).toContain(await name());
      expect((await states())[0]).toBe(isBack ? 'present' : 'elsewhere');
      const again = await service.call('POST', '/api/v1/backup/restore', body);
      expect([again.status, again.body.detail]).toEqual([200, undefined]);
      expect(await name()).toBe('"Harbour"');
      await expectNothingHalf(path);
      return [`from the ${isFromBucket ? 'bucket' : 'folder'}: ${moment}`, isBack ? 'back' : 'not back'];
    });
  }, 900_000);
});
