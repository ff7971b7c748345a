import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeAboveEngines, sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { commandProcess } from '../support/command-line.js';

const tables = `
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE areas (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
  CREATE TABLE jobs (id INTEGER PRIMARY KEY);
  INSERT INTO projects VALUES (1, 'Harbour'); INSERT INTO areas VALUES (10, 1)`;

/** What an application's next release brings: one table that is taken in, one column of a project, one that nobody sees. */
const release = `
  CREATE TABLE points (id INTEGER PRIMARY KEY, area_id INTEGER NOT NULL, FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE);
  CREATE TABLE notes (id INTEGER PRIMARY KEY, about VARCHAR(20));
  ALTER TABLE areas ADD COLUMN size INTEGER`;

const news = [
  { table: 'areas', columns: ['size'], reason: 'new columns: size' },
  { table: 'notes', columns: [], reason: 'the table is new' },
  { table: 'points', columns: [], reason: 'the table is new' },
];

describeAboveEngines('An accepted scope', (engine, open) => {
  let target: Target;
  let catalogue: Target;
  let folder: string;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;

  beforeEach(async () => {
    target = await open();
    // PostgreSQL holds no catalogue.
    catalogue = engine === 'PostgreSQL' ? await sqliteTarget() : await open();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-coverage-'));
    await target.run(tables);
    await start(false);
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
    await catalogue.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(strict: boolean): Promise<void> {
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(HOLDFAST_PROJECTS_FILE, `databases: { default: { strict: ${strict} } }`);
    service = await startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_CATALOG_URL: catalogue.url,
      HOLDFAST_PROJECTS_FILE,
    });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
  }

  const scope = async () => (await api('GET', '/api/v1/projects/scope')).body;
  const accept = (digest: string) => api('POST', '/api/v1/projects/scope/accept', { digest });
  const warnings = async () => (await backups.tryCreate(1)).body.backup.warnings;
  const statusOfScope = async () => (await backups.status(1)).body.system_status.scope;

  it('is none at first, which is said and makes nothing partial', async () => {
    expect(await scope()).toMatchObject({
      complete: true,
      accepted_at: null,
      accepted_by: null,
      new_since_acceptance: [],
    });
    await target.run(release);
    expect(await scope()).toMatchObject({ complete: true, new_since_acceptance: [] });
    expect(await warnings()).toEqual([]);
    expect(await statusOfScope()).toMatchObject({ complete: true, accepted_at: null });
  });

  it('makes backups partial by what comes later, until it is accepted again', async () => {
    const accepted = await accept((await scope()).digest);
    expect([accepted.status, accepted.body.detail]).toEqual([200, undefined]);
    expect(accepted.body).toMatchObject({
      complete: true,
      accepted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      accepted_by: 'Administrator',
      new_since_acceptance: [],
    });
    expect(await warnings()).toEqual([]);

    await target.run(release);
    const later = await scope();
    expect(later).toMatchObject({ complete: false, new_since_acceptance: news });
    expect(await warnings()).toEqual(
      news.map(({ table, reason }) => `Partial: nobody has accepted the table ${table} as it is, ${reason}.`),
    );
    expect(await statusOfScope()).toMatchObject({ complete: false, new_since_acceptance: news });

    expect((await accept(later.digest)).body).toMatchObject({ complete: true, new_since_acceptance: [] });
    expect(await warnings()).toEqual([]);
  });

  it('stops backups by what comes later when it is strict, and no restore', async () => {
    await accept((await scope()).digest);
    await service.stop();
    await start(true);
    const { filename } = await backups.create(1);
    await target.run(release);
    const refused = await backups.tryCreate(1);
    expect([refused.status, refused.body.code]).toEqual([422, 'scope-partial']);
    expect(refused.body.detail).toMatch(/areas \(new columns: size\); notes .*points .*scope\/accept/s);
    await target.run('DELETE FROM areas');
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await target.rows('SELECT COUNT(*) FROM areas')).toEqual([expect.stringContaining('1')]);
    await accept((await scope()).digest);
    await backups.create(1);
  });

  it('is not accepted unseen, and is written down', async () => {
    const { digest } = await scope();
    await target.run(release);
    const late = await accept(digest);
    expect([late.status, late.body.code]).toEqual([409, 'conflict']);
    expect((await accept('x')).status).toBe(400);
    expect((await scope()).accepted_at).toBeNull();
    const now = (await scope()).digest;
    await accept(now);
    const { entries } = (await api('GET', '/api/v1/audit?filter[action]=accept-scope')).body;
    expect(
      entries.map(({ outcome, subject }: { outcome: string; subject: string }) => [outcome, subject]),
    ).toEqual([
      ['ok', now],
      ['started', now],
      ['refused', now],
    ]);
  });

  it('is accepted on the command line, too', async () => {
    const settings = { HOLDFAST_DATABASE_URL: target.url, HOLDFAST_CATALOG_URL: catalogue.url };
    const cli = (...words: string[]) => commandProcess(folder, settings, ...words);
    const before = await cli('scope');
    expect([before.code, before.out]).toEqual([0, expect.stringContaining('Nobody has accepted this scope')]);
    expect((await cli('scope', '--accept')).out).toMatch(/Accepted by cli \(.+\), \d{4}-/);
    await target.run('CREATE TABLE notes (id INTEGER PRIMARY KEY)');
    expect((await cli('scope')).out).toMatch(
      /^New since the scope was accepted.*\n {2}notes {2}the table is new/,
    );
    expect((await scope()).new_since_acceptance).toHaveLength(1);
    const nowhere = await cli('--no-catalog', 'scope', '--accept');
    expect([nowhere.code, nowhere.err]).toEqual([6, expect.stringContaining('kept in the catalogue')]);
  });
});
