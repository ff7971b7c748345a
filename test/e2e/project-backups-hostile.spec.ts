import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { editCatalogue } from '../factories/catalogue.js';
import { forgeries } from '../factories/forgeries.js';
import { createLocalization } from '../factories/localization.js';
import { editManifest, ProjectBackups, replaceFile } from '../factories/project-backups.js';
import { describeAboveEngines, everything, type Target } from '../factories/target.js';
import { type Answer, type RunningApp, startApp } from '../support/app.js';

describeAboveEngines('A project backup whose file is not what it was', (ownEngine, open) => {
  const otherEngine = ownEngine === 'SQLite' ? 'mysql' : 'sqlite';
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let before: Record<string, string[]>;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    before = await everything(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });
  afterEach(async () => {
    expect(await everything(target)).toEqual(before);
  });

  async function restoredAfter(tamper: (path: string) => Promise<void>): Promise<Answer> {
    const { filename, path } = await backups.create(1);
    await tamper(path);
    const names = await backups.names(1);
    const answer = await backups.restore(1, filename);
    // Nothing was replaced, so that there is nothing to undo.
    if (answer.status !== 200) expect(await backups.names(1)).toEqual(names);
    return answer;
  }

  const damaged = { status: 422, body: { code: 'artefact-damaged' } };

  it.each([0, 5, 300, 2_000, -3])('is refused with one byte changed, at %i', async (at) => {
    const answer = await restoredAfter(async (path) => {
      const bytes = await readFile(path);
      const place = at < 0 ? bytes.length + at : at;
      bytes[place] = (bytes[place] ?? 0) ^ 1;
      await writeFile(path, bytes);
    });
    expect(answer).toMatchObject(damaged);
  });

  const otherManifest = async (path: string): Promise<void> =>
    copyFile(`${(await backups.create(2)).path}.manifest.json`, `${path}.manifest.json`);
  const olderManifest = async (path: string): Promise<void> =>
    copyFile(`${(await backups.create(1)).path}.manifest.json`, `${path}.manifest.json`);

  it.each<[what: string, tamper: (path: string) => Promise<void>]>([
    ['cut by a byte', async (path) => truncate(path, (await readFile(path)).length - 1)],
    ['cut in half', async (path) => truncate(path, 1_500)],
    ['emptied', (path) => truncate(path, 0)],
    ['longer by a line', async (path) => writeFile(path, `${await readFile(path, 'utf8')}\n`)],
    ["replaced by another project's", async (path) => copyFile((await backups.create(2)).path, path)],
    ['without its manifest', (path) => rm(`${path}.manifest.json`)],
    ['beside a manifest that is no JSON', (path) => writeFile(`${path}.manifest.json`, 'x')],
    ["beside another project's manifest", otherManifest],
    ["beside another backup's manifest", olderManifest],
    ['beside a manifest for another project', (path) => editManifest(path, { project_id: '2' })],
    ['beside a manifest of another engine', (path) => editManifest(path, { engine: otherEngine })],
    ['beside a manifest that says how to unpack it', (path) => editManifest(path, { compression: 'gzip' })],
    [
      'replaced together with its manifest',
      async (path) => void (await replaceFile(path, (text) => text.replace('[1,"Reader"', '[1,"Edited"'))),
    ],
    ['beside a manifest for a full backup', (path) => editManifest(path, { scope: 'full' })],
  ])('is refused when it is %s', async (_, tamper) => {
    expect(await restoredAfter(tamper)).toMatchObject(damaged);
  });

  it('is not found when it is gone', async () => {
    expect((await restoredAfter((path) => rm(path))).status).toBe(404);
  });

  it('is refused when it was made by another engine', async () => {
    const answer = await restoredAfter(async (path) => {
      await editManifest(path, { engine: otherEngine });
      await editCatalogue(service, basename(path), { engine: otherEngine });
    });
    expect([answer.status, answer.body.code]).toEqual([422, 'artefact-unfit']);
  });

  it('is taken as it is when it was edited well, which shows that the forgeries below fail by what they say', async () => {
    const answer = await restoredAfter((path) =>
      backups.forge(path, (text) => text.replace('[1,"Reader"', '[1,"Edited"')),
    );
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    expect(await target.rows('SELECT name FROM projects WHERE id = 1')).toEqual(['"Edited"']);
    await target.run(`UPDATE projects SET name = 'Reader' WHERE id = 1`);
  });

  it.each(forgeries.map(([what, edit], index) => [what, edit, index] as const))(
    'is refused when it was forged to hold %s, and nothing is changed',
    async (what, edit, index) => {
      const { filename, path } = await backups.create(1);
      await backups.forge(path, edit);
      const names = await backups.names(1);
      const api = await service.asSuperadmin();
      const call = (word: string, body: object) =>
        api('POST', `/api/v1/projects/1/backup/${word}`, { filename, ...body });

      const { status, body } = await call('restore', {});
      expect([409, 422]).toContain(status);
      expect(body.code).toMatch(/^(artefact-damaged|artefact-unfit|conflict|restore-failed|scope-leak)$/);
      expect(JSON.stringify(body)).not.toMatch(/INSERT|SELECT|ER_|SQLITE_/);
      expect(await backups.names(1)).toEqual(names);

      expect([200, 409, 422]).toContain((await call('preview', {})).status);
      // 11.0 is 11, which a copy writes as such.
      if (what !== 'a number of another spelling') {
        expect([409, 422]).toContain((await call('restore', { mode: 'copy' })).status);
      }
      // In turn: each forgery in one of the other modes. What is not of the part that is asked for may be anything.
      const others = [{ mode: 'undelete' }, { mode: 'overwrite' }, { mode: 'exact', tables: ['strings'] }];
      const other = await call('restore', others[index % others.length] ?? {});
      expect([200, 409, 422]).toContain(other.status);
    },
  );
});
