import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

const tables = `
  CREATE TABLE companies (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE invoices (id INTEGER PRIMARY KEY, company_id INTEGER NOT NULL, code VARCHAR(20) NOT NULL UNIQUE,
    FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE);
  CREATE TABLE settings (id INTEGER PRIMARY KEY, company_id INTEGER NOT NULL, data JSON, note TEXT,
    FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE);
  INSERT INTO companies VALUES (1, 'One'), (2, 'Two');
  INSERT INTO invoices VALUES (10, 1, 'a10'), (11, 1, 'a11'), (20, 2, 'b20');
  INSERT INTO settings VALUES (1, 1, '{"first": 10, "items": [{"id": "11"}, {"id": 999}], "elsewhere": 20}', '{"code":"a10"}'),
    (2, 1, NULL, 'no JSON: 20'), (3, 1, '[20]', NULL), (4, 2, '{"first": 20}', '{"code":"b20"}')`;

const rules = `
databases:
  default:
    root: companies
    json:
      - { table: settings, column: data, path: $.first, references: invoices }
      - { table: settings, column: data, path: '$.items[*].id', references: invoices.id }
      - { table: settings, column: data, path: $.company, references: companies }
      - { table: settings, column: note, path: $.code, references: invoices.code }
`;

describeOnEngines('Ids inside JSON', (_engine, open) => {
  let target: Target;
  let folder: string;
  let service: RunningApp | undefined;
  let backups: ProjectBackups;
  let api: Api;

  beforeEach(async () => {
    target = await open();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-json-'));
    await target.run(tables);
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(content = rules): Promise<void> {
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(HOLDFAST_PROJECTS_FILE, content);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
  }

  it('that lead to the project’s own rows, to none, or stand elsewhere, are no leak', async () => {
    await start();
    const before = await everything(target);
    const { filename } = await backups.create(1);
    await target.run(`DELETE FROM settings WHERE id = 1; UPDATE settings SET note = 'x' WHERE id = 3`);
    const preview = await api('POST', '/api/v1/projects/1/backup/preview', { filename });
    expect(preview.body.conflicts).toEqual([]);
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await everything(target)).toEqual(before);
  });

  it.each([
    [
      'an own path',
      `data = '{"first":20}'`,
      /settings .*\(data, \$\.first\) rows of invoices .*: id=1 \(20\)/,
    ],
    ['a list', `data = '{"items":[{"id":11},{"id":"20"}]}'`, /\$\.items\[\*\]\.id.*id=1 \(20\)/],
    ['the root', `data = '{"company":2}'`, /\$\.company\) rows of companies/],
    ['another key, of text', `note = '{"code":"b20"}'`, /\(note, \$\.code\).*id=1 \("b20"\)/],
  ])('that lead to another project by %s are refused with the row’s key', async (_, change, sentence) => {
    await start();
    await target.run(`UPDATE settings SET ${change} WHERE id = 1`);
    const { status, body } = await backups.tryCreate(1);
    expect([status, body.code]).toEqual([422, 'scope-leak']);
    expect(body.detail).toMatch(sentence);
    await backups.create(2);
  });

  it('are not brought back once they lead to another project', async () => {
    await start();
    const { filename } = await backups.create(1);
    await target.run(
      'UPDATE settings SET data = NULL WHERE id = 1; UPDATE invoices SET company_id = 2 WHERE id = 11',
    );
    const tables = ['settings'];
    const preview = await api('POST', '/api/v1/projects/1/backup/preview', { filename, tables });
    expect(preview.body.conflicts.join()).toMatch(/settings .*items.* id=1 \(11\)/);
    const before = await everything(target);
    const restore = await api('POST', '/api/v1/projects/1/backup/restore', { filename, tables });
    expect([restore.status, restore.body.code]).toEqual([422, 'scope-leak']);
    expect(await everything(target)).toEqual(before);
  });

  it('are found among many', async () => {
    await start();
    const rows = Array.from(
      { length: 3_000 },
      (_, at) => `(${100 + at}, 1, '{"first":${at === 2_500 ? 20 : 10}}')`,
    );
    await target.run(`INSERT INTO settings (id, company_id, data) VALUES ${rows.join()}`);
    expect((await backups.tryCreate(1)).body.detail).toContain(': id=2600 (20).');
  });

  it('are declared for columns and keys that there are', async () => {
    await start(rules.replace('references: companies', 'references: companies.name'));
    const { status, body } = await api('GET', '/api/v1/projects/scope');
    expect([status, body.code]).toEqual([422, 'artefact-unfit']);
    expect(body.detail).toMatch(/^projects\.yaml, line 8: companies\.name is no key/);
  });
});
