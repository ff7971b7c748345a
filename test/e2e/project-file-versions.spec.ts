import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHarbour, harbourScope } from '../factories/harbour.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';

const fixtures = 'test/fixtures/project-files';
const madeOn = {
  sqlite: /-SQLite\.json$/,
  mysql: /-(MySQL|MariaDB)\.json$/,
  postgres: /-PostgreSQL\.json$/,
};
const names = readdirSync(fixtures);

describeOnEngines('A project file of every version that was ever written', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let folder: string;

  beforeAll(async () => {
    target = await open();
    await createHarbour(target);
    folder = await mkdtemp(join(tmpdir(), 'holdfast-versions-'));
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(HOLDFAST_PROJECTS_FILE, harbourScope);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE });
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is taken in and restored', async () => {
    const backups = await ProjectBackups.of(service);
    const before = await everything(target);
    const ours = names.filter((name) => madeOn[target.kind].test(name));
    expect(ours).not.toHaveLength(0);
    for (const name of ours) {
      await target.run(`UPDATE projects SET name = 'now' WHERE id = 1; DELETE FROM items WHERE area_id = 10;
        DELETE FROM areas WHERE id IN (10, 12); UPDATE items SET body = 'now' WHERE area_id = 11`);
      if (!name.startsWith('1.0-')) await target.run('DELETE FROM flags');
      const form = new FormData();
      form.append('description', name);
      form.append('file', new Blob([await readFile(`${fixtures}/${name}`)]), name);
      const uploaded = await fetch(`${service.url}/api/v1/projects/1/backup/upload`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await service.superadminToken()}` },
        body: form,
      });
      const { backup } = (await uploaded.json()) as { backup: { filename: string } };
      expect([name, uploaded.status]).toEqual([name, 201]);
      const { status, body } = await backups.restore(1, backup.filename);
      expect([name, status, body.detail]).toEqual([name, 200, undefined]);
      expect(await everything(target)).toEqual(before);
    }
  });
});
