import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint } from '../../src/project-scope/fingerprint.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { withDigest } from '../factories/project-file.js';
import { describeAboveEngines, everything, type Target } from '../factories/target.js';
import { type Answer, type Api, type RunningApp, startApp } from '../support/app.js';

const tables = `
  CREATE TABLE countries (code VARCHAR(2) NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL);
  CREATE TABLE plans (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, price DECIMAL(10,2), sold_in VARCHAR(2),
    FOREIGN KEY (sold_in) REFERENCES countries (code));
  CREATE TABLE words (word VARCHAR(20));
  CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20), plan_id INTEGER NOT NULL, FOREIGN KEY (plan_id) REFERENCES plans (id));
  CREATE TABLE places (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, country VARCHAR(2) NOT NULL,
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY (country) REFERENCES countries (code))`;
const rows = `
  INSERT INTO countries VALUES ('no', 'Norway'), ('pe', 'Peru'), ('fj', 'Fiji');
  INSERT INTO plans VALUES (1, 'small', 1.5, NULL), (2, 'large', 20, 'no');
  INSERT INTO words VALUES ('twice'), ('twice'), (NULL);
  INSERT INTO users VALUES (1, 'Ada');
  INSERT INTO projects VALUES (1, 'One', 2), (2, 'Two', 1);
  INSERT INTO places VALUES (10, 1, 'no'), (11, 1, 'pe'), (20, 2, 'no')`;
const declared = `
databases:
  default:
    when_empty:
      plans: the same for everybody
      countries: of ISO 3166
      words: known by everybody
`;

/** With the digest and the fingerprint of what it holds, where it can be read. */
function sealed(text: string): string {
  try {
    const { tables: heads } = JSON.parse(text) as { tables: Parameters<typeof fingerprint>[0] };
    return withDigest(
      text.replace(/"schema_fingerprint":"\w+"/, `"schema_fingerprint":"${fingerprint(heads)}"`),
    );
  } catch {
    return withDigest(text);
  }
}

describeAboveEngines('Tables that follow when empty', (_engine, open) => {
  let target: Target;
  let folder: string;
  const services: RunningApp[] = [];
  const targets: Target[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-when-empty-'));
    target = await database(`${tables}; ${rows}`);
  });
  afterEach(async () => {
    for (const service of services.splice(0)) await service.stop();
    for (const one of targets.splice(0)) await one.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function database(sql: string): Promise<Target> {
    const opened = await open();
    targets.push(opened);
    await opened.run(sql);
    return opened;
  }

  async function serve(
    on: Target,
    file = declared,
  ): Promise<{ api: Api; backups: ProjectBackups; upload: Upload; service: RunningApp }> {
    const HOLDFAST_PROJECTS_FILE = join(folder, `${services.length}.yaml`);
    await writeFile(HOLDFAST_PROJECTS_FILE, file);
    const service = await startApp({ HOLDFAST_DATABASE_URL: on.url, HOLDFAST_PROJECTS_FILE });
    services.push(service);
    const upload = async (text: string) => {
      const form = new FormData();
      form.append('file', new Blob([text]), 'project.json');
      const response = await fetch(`${service.url}/api/v1/projects/1/backup/upload`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await service.superadminToken()}` },
        body: form,
      });
      return { status: response.status, body: await response.json(), headers: response.headers };
    };
    return { api: await service.asSuperadmin(), backups: await ProjectBackups.of(service), upload, service };
  }
  type Upload = (text: string) => Promise<Answer>;

  const of = (api: Api, what: 'preview' | 'restore', body: object) =>
    api('POST', `/api/v1/projects/1/backup/${what}`, body);
  /** The shared tables in another state than in the backup. */
  const changed = `UPDATE countries SET name = 'Changed' WHERE code = 'pe'; DELETE FROM countries WHERE code = 'fj';
    INSERT INTO countries VALUES ('xx', 'new'); UPDATE plans SET price = 99`;
  const added = (body: Answer['body']) =>
    Object.fromEntries(
      (body.when_empty as { table: string; added: number }[]).map((one) => [one.table, one.added]),
    );

  it('are a class of their own in the plan, and in the backup as a whole', async () => {
    const { api, backups } = await serve(target);
    const { body } = await api('GET', '/api/v1/projects/scope');
    expect(body.when_empty).toEqual([
      { table: 'plans', reason: 'the same for everybody', rows: 2 },
      { table: 'countries', reason: 'of ISO 3166', rows: 3 },
      { table: 'words', reason: 'known by everybody', rows: 3 },
    ]);
    expect(body).toMatchObject({ complete: true, shared: [] });
    const { path, data_summary } = await backups.create(1);
    expect(data_summary).toEqual({ plans: 2, countries: 3, words: 3, projects: 1, places: 2 });
    const file = JSON.parse(await readFile(path, 'utf8'));
    expect(
      file.tables.map((table: { name: string; when_empty?: true }) => [table.name, table.when_empty]),
    ).toEqual([
      ['plans', true],
      ['countries', true],
      ['words', true],
      ['projects', undefined],
      ['places', undefined],
    ]);
    expect((await backups.status(1)).body.system_status.scope.when_empty).toHaveLength(3);
  });

  it('are not touched where they have rows, however different, and change no plan', async () => {
    const { api, backups } = await serve(target);
    const { filename } = await backups.create(1);
    await target.run("DELETE FROM places WHERE id = 10; UPDATE projects SET name = 'x' WHERE id = 1");
    const preview = await of(api, 'preview', { filename });
    expect(preview.body.conflicts).toEqual([]);
    expect(added(preview.body)).toEqual({ plans: 0, countries: 0, words: 0 });
    await target.run(changed);
    const before = await everything(target);
    const { status, body } = await of(api, 'restore', { filename, plan_id: preview.body.plan_id });
    expect([status, body.detail]).toEqual([200, undefined]);
    const after = await everything(target);
    expect(after).toMatchObject({
      countries: before['countries'],
      plans: before['plans'],
      words: before['words'],
    });
    expect(await target.rows('SELECT id FROM places WHERE project_id = 1')).toHaveLength(2);
  });

  it('follow into a fresh database, where the references then hold', async () => {
    const { backups } = await serve(target);
    const { path } = await backups.create(1);
    const fresh = await database(tables);
    const there = await serve(fresh);
    const uploaded = await there.upload(await readFile(path, 'utf8'));
    expect([uploaded.status, uploaded.body.detail]).toEqual([201, undefined]);
    const { filename } = uploaded.body.backup;
    const verified = await there.api('POST', `/api/v1/projects/1/backup/${filename}/verify`, {
      level: 'restorable',
    });
    expect([verified.status, verified.body.verification?.level]).toEqual([200, 'restorable']);
    const preview = await of(there.api, 'preview', { filename });
    expect(preview.body).toMatchObject({ conflicts: [], missing: [] });
    expect(added(preview.body)).toEqual({ plans: 2, countries: 3, words: 3 });
    expect(preview.body.when_empty[0].samples).toContainEqual(
      expect.objectContaining({ id: 1, name: 'small' }),
    );
    expect((await everything(fresh))['countries']).toEqual([]);
    const { status, body } = await of(there.api, 'restore', { filename, plan_id: preview.body.plan_id });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(added(body.restore_summary)).toEqual({ plans: 2, countries: 3, words: 3 });
    const source = await everything(target);
    expect(await everything(fresh)).toEqual({
      ...source,
      users: [],
      projects: source['projects']?.slice(0, 1),
      places: source['places']?.slice(0, 2),
    });
    // Nothing hangs in the air for the application, which enforces its foreign keys.
    await expect(fresh.run("DELETE FROM countries WHERE code = 'pe'")).rejects.toMatchObject({
      message: expect.stringMatching(/foreign key/i),
    });
  });

  it('follow one by one: what is empty is filled, what is not is left alone', async () => {
    const { api, backups } = await serve(target);
    const { filename } = await backups.create(1);
    await target.run(
      "DELETE FROM words; DELETE FROM places WHERE id = 11; UPDATE countries SET name = 'x' WHERE code = 'no'",
    );
    const { body } = await of(api, 'restore', { filename, mode: 'undelete' });
    expect(added(body.restore_summary)).toEqual({ plans: 0, countries: 0, words: 3 });
    expect(await target.rows("SELECT name FROM countries WHERE code = 'no'")).toEqual(['"x"']);
  });

  it('are not filled by the admin of a single project, who may have written the file', async () => {
    const { api, backups, service } = await serve(target);
    const { filename } = await backups.create(1);
    await target.run('DELETE FROM words');
    const { token, email } = await service.createUser();
    await api('PUT', '/api/v1/projects/1/members', { email, role: 'admin' });
    for (const [caller, filled] of [
      [service.api(token), 0],
      [api, 3],
    ] as const) {
      const preview = await of(caller, 'preview', { filename });
      expect([preview.status, added(preview.body)['words']]).toEqual([200, filled]);
      const { status, body } = await of(caller, 'restore', { filename });
      expect([status, added(body.restore_summary)['words']]).toEqual([200, filled]);
      expect(await target.rows('SELECT word FROM words')).toHaveLength(filled);
    }
  });

  it('follow with a copy, whose references keep their keys', async () => {
    const { backups } = await serve(target);
    const { path } = await backups.create(1);
    const fresh = await database(tables);
    const there = await serve(fresh);
    const { filename } = (await there.upload(await readFile(path, 'utf8'))).body.backup;
    const preview = await of(there.api, 'preview', { filename, mode: 'copy' });
    expect(preview.body).toMatchObject({ conflicts: [], missing: [] });
    expect(added(preview.body)).toEqual({ plans: 2, countries: 3, words: 3 });
    for (const [copies, filled] of [
      [1, 3],
      [2, 0],
    ]) {
      const { status, body } = await of(there.api, 'restore', { filename, mode: 'copy' });
      expect([status, body.detail]).toEqual([200, undefined]);
      expect(added(body.restore_summary)['words']).toBe(filled);
      expect(await fresh.rows('SELECT id FROM projects')).toHaveLength(copies as number);
    }
    const found = await everything(fresh);
    const source = await everything(target);
    expect(found).toMatchObject({
      countries: source['countries'],
      plans: source['plans'],
      words: source['words'],
    });
    expect(await fresh.rows('SELECT DISTINCT country FROM places ORDER BY country')).toEqual([
      '"no"',
      '"pe"',
    ]);
  });

  it('are not read by a service whose scope file does not declare them, but uploads say so', async () => {
    const { backups } = await serve(target);
    const { path } = await backups.create(1);
    const text = await readFile(path, 'utf8');
    const there = await serve(await database(tables), '');
    const { status, body } = await there.upload(text);
    expect([status, body.code]).toEqual([422, 'artefact-unfit']);
    expect(body.detail).toContain('plans, countries, words');
  });

  describe('in a file that somebody has forged', () => {
    const head = (name: string, more = ',"when_empty":true') =>
      `{"name":"${name}","columns":["id","name"],"types":["int","varchar(20)"],"key":["id"]${more},"rows":[\n[99,"forged"]\n]},\n`;
    const inserted = (text: string, table: string, name: string) =>
      text.replace('"tables":[\n', `"tables":[\n${table}`).replace('"totals":{', `"totals":{"${name}":1,`);

    it.each<[string, RegExp, (text: string) => string]>([
      [
        'a table that is not declared',
        /\(users\).*does not declare/,
        (text) => inserted(text, head('users'), 'users'),
      ],
      [
        'a table that is not there',
        /\(evil\).*does not declare/,
        (text) => inserted(text, head('evil'), 'evil'),
      ],
      [
        'a table of projects',
        /here its rows belong to projects/,
        (text) => inserted(text, head('projects'), 'projects'),
      ],
      [
        'a declared table as the project’s',
        /plans, which is .* not the project's/,
        (text) => text.replace(',"when_empty":true', ''),
      ],
      [
        'a flag that is not true',
        /plans says "when_empty" and not true/,
        (text) => text.replace('"when_empty":true', '"when_empty":1'),
      ],
      [
        'a declared table twice',
        /table words twice/,
        (text) => text.replace(/(\{"name":"words"[\s\S]*?\n\]\},\n)/, '$1$1'),
      ],
      [
        'a row that is none',
        /row of countries does not fit/,
        (text) => text.replace('["fj","Fiji"]', '["fj"]'),
      ],
      [
        'a value that the column does not take',
        /cannot be restored|countries/,
        (text) => text.replace('["fj","Fiji"]', '["fj",null]'),
      ],
      [
        'a row twice',
        /row 2 of countries does not come after/,
        (text) => text.replace('["fj","Fiji"],\n', '["fj","Fiji"],\n["fj","Fiji"],\n'),
      ],
      [
        'totals that are not right',
        /totals do not say how many rows of countries/,
        (text) => text.replace('"countries":3', '"countries":2'),
      ],
      [
        'the first version, which had none',
        /plans, which is .* not the project's/,
        (text) => text.replace('"backup_version":"1.1"', '"backup_version":"1.0"'),
      ],
    ])('%s is refused, and nothing is written', async (_, sentence, edit) => {
      const { backups } = await serve(target);
      const { path } = await backups.create(1);
      const text = await readFile(path, 'utf8');
      const forged = edit(text);
      expect(forged).not.toBe(text);
      const fresh = await database(tables);
      const there = await serve(fresh);
      const before = await everything(fresh);
      const { status, body } = await there.upload(sealed(forged));
      expect([status, body.code]).toEqual([422, expect.stringMatching(/^artefact-(damaged|unfit)$/)]);
      expect(body.detail).toMatch(sentence);
      expect(await everything(fresh)).toEqual(before);
    });

    it('rows for a table that has some are not written', async () => {
      const { api, backups } = await serve(target);
      const { filename, path } = await backups.create(1);
      await backups.forge(path, (text) => text.replace('["fj","Fiji"]', '["fj","forged"],\n["zz","forged"]'));
      const before = await everything(target);
      expect((await of(api, 'restore', { filename })).status).toBe(200);
      expect(await everything(target)).toEqual(before);
    });

    it('rows that refer to nothing are not written', async () => {
      const { api, backups } = await serve(target);
      const { filename, path } = await backups.create(1);
      await backups.forge(path, (text) =>
        text
          .replace('[2,"large","20.00","no"]', '[2,"large","20.00","zz"]')
          .replace('[2,"large",20,"no"]', '[2,"large",20,"zz"]'),
      );
      await target.run('DELETE FROM places; DELETE FROM projects; DELETE FROM plans');
      const before = await everything(target);
      const { status, body } = await of(api, 'restore', { filename });
      expect([status, body.code]).toEqual([409, 'conflict']);
      expect(body.detail).toMatch(/Rows of plans \(id=2\).* refer by sold_in to rows of countries/);
      expect(await everything(target)).toEqual(before);
    });
  });

  it('may hold nothing of projects: the plan is refused with the line', async () => {
    for (const [table, sentence] of [
      ['places', /line 5: the table "places" cannot follow when empty: its rows belong to projects/],
      ['nowhere', /line 5: the database has no table "nowhere"/],
    ] as const) {
      const { api } = await serve(
        target,
        `databases:\n  default:\n    root: projects\n    when_empty:\n      ${table}: because\n`,
      );
      const { status, body } = await api('GET', '/api/v1/projects/scope');
      expect([status, body.code]).toEqual([422, 'artefact-unfit']);
      expect(body.detail).toMatch(sentence);
    }
  });
});
