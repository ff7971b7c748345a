import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

/** As frameworks leave it that keep their references to themselves: not one foreign key. */
const tables = `
  CREATE TABLE companies (id INTEGER PRIMARY KEY, slug VARCHAR(20), title VARCHAR(20));
  CREATE TABLE invoices (id INTEGER PRIMARY KEY, company_id INTEGER NOT NULL, currency VARCHAR(3), total INTEGER);
  CREATE TABLE invoice_lines (id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL, product VARCHAR(20));
  CREATE TABLE comments (id INTEGER PRIMARY KEY, on_type VARCHAR(20) NOT NULL, on_id INTEGER NOT NULL, answers INTEGER, body VARCHAR(20));
  CREATE TABLE links (id INTEGER PRIMARY KEY, from_id INTEGER NOT NULL, to_id INTEGER NOT NULL);
  CREATE TABLE currencies (code VARCHAR(3) NOT NULL PRIMARY KEY, company_id INTEGER);
  CREATE TABLE failed_jobs (id INTEGER PRIMARY KEY, company_id INTEGER);
  INSERT INTO companies VALUES (1, 'one', 'One Ltd'), (2, 'two', 'Two Ltd');
  INSERT INTO invoices VALUES (10, 1, 'NOK', 5), (11, 1, 'EUR', 6), (20, 2, 'NOK', 7);
  INSERT INTO invoice_lines VALUES (100, 10, 'a'), (101, 10, 'b'), (110, 11, 'c'), (200, 20, 'd');
  INSERT INTO comments VALUES (1, 'invoice', 10, NULL, 'on 10'), (2, 'company', 1, NULL, 'on One'), (3, 'invoice', 20, NULL, 'on 20'),
    (4, 'company', 2, NULL, 'on Two'), (5, 'comment', 1, 1, 'answer'), (6, 'user', 10, NULL, 'on a user'), (7, 'comment', 3, 3, 'answer');
  INSERT INTO links VALUES (1, 10, 20), (2, 20, 11), (3, 10, 11);
  INSERT INTO currencies VALUES ('NOK', NULL), ('EUR', NULL);
  INSERT INTO failed_jobs VALUES (1, 1)`;

const whole = `
databases:
  default:
    root: companies
    name: title
    references:
      invoices.company_id: companies
      invoice_lines.invoice_id: invoices.id
      comments.answers: comments
      links.from_id: invoices
      links.to_id: invoices
    polymorphic:
      - { table: comments, type: on_type, id: on_id, tables: { invoice: invoices, company: companies } }
    follow: { links: [from_id] }
    shared: { currencies: the same for everybody }
    exclude: { failed_jobs: of the framework }
`;

describeOnEngines('A scope file', (_engine, open) => {
  let target: Target;
  let folder: string;
  let service: RunningApp | undefined;
  let backups: ProjectBackups;
  let api: Api;

  beforeEach(async () => {
    target = await open();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-scope-'));
    await target.run(tables);
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(content: string): Promise<void> {
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(HOLDFAST_PROJECTS_FILE, content);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
  }

  const scope = () => api('GET', '/api/v1/projects/scope');

  it('makes the plan whole where no foreign key says anything', async () => {
    await start(whole);
    const { status, body } = await scope();
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body).toMatchObject({ complete: true, unclassified: [], strict: false });
    expect(body.shared).toEqual([{ table: 'currencies', reason: 'the same for everybody', rows: 2 }]);
    expect(body.excluded).toEqual([{ table: 'failed_jobs', reason: 'of the framework', rows: 1 }]);
    const [invoices, comments] = body.root.children;
    expect(body.root).toMatchObject({ table: 'companies', rows: 2, key: ['id'] });
    expect(invoices).toMatchObject({
      table: 'invoices',
      path: 'invoices.company_id -> companies.id',
      rows: 3,
    });
    expect(invoices.children.map(({ table }: { table: string }) => table).sort()).toEqual([
      ...(comments ? [] : ['comments']),
      'invoice_lines',
      'links',
    ]);
    expect(
      (await api('GET', '/api/v1/projects')).body.projects.map(({ name }: { name: string }) => name).sort(),
    ).toEqual(['One Ltd', 'Two Ltd']);
  });

  it('brings back one company, and touches nobody else’s rows', async () => {
    await start(whole);
    const before = await everything(target);
    const { filename, data_summary } = await backups.create(1);
    expect(data_summary).toEqual({ companies: 1, invoices: 2, invoice_lines: 3, links: 2, comments: 3 });
    await target.run(
      `DELETE FROM invoice_lines WHERE id = 100; DELETE FROM comments WHERE id IN (1, 5); UPDATE comments SET body = 'x' WHERE id = 2;
       DELETE FROM links WHERE id = 1; INSERT INTO comments VALUES (50, 'invoice', 11, NULL, 'new'), (51, 'comment', 50, 50, 'newer');
       INSERT INTO invoices VALUES (12, 1, 'NOK', 0)`,
    );
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await everything(target)).toEqual(before);
  });

  it('takes in again what stayed behind when that on which it hung was deleted', async () => {
    await start(whole);
    const before = await everything(target);
    const { filename } = await backups.create(1);
    await target.run(
      'DELETE FROM invoices WHERE company_id = 1; DELETE FROM comments WHERE id = 1; DELETE FROM companies WHERE id = 1',
    );
    const preview = await api('POST', '/api/v1/projects/1/backup/preview', { filename });
    expect(preview.body.conflicts).toEqual([]);
    const lines = preview.body.tables.find(({ table }: { table: string }) => table === 'invoice_lines');
    expect(lines).toMatchObject({ added: 0, unchanged: 3 });
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await everything(target)).toEqual(before);
  });

  it('refuses what stayed behind and is another row by now, or another company’s', async () => {
    await start(whole);
    const { filename } = await backups.create(1);
    await target.run(
      `DELETE FROM invoices WHERE id = 10; UPDATE invoice_lines SET product = 'z' WHERE id = 100`,
    );
    const before = await everything(target);
    expect((await backups.restore(1, filename)).status).toBe(409);
    expect(await everything(target)).toEqual(before);
    await target.run(`UPDATE invoice_lines SET invoice_id = 20, product = 'a' WHERE id = 100`);
    expect((await backups.restore(1, filename)).status).toBe(409);
    expect(await target.rows('SELECT invoice_id FROM invoice_lines WHERE id = 100')).toEqual([
      expect.stringMatching(/20/),
    ]);
  });

  it('finds a leak by what it declares', async () => {
    await start(whole);
    await target.run(`UPDATE comments SET answers = 3 WHERE id = 2`);
    const { status, body } = await backups.tryCreate(1);
    expect([status, body.code]).toEqual([422, 'scope-leak']);
    expect(body.detail).toContain('comments');
  });

  it('lets what is not placed make backups partial, or refuse them when it is strict', async () => {
    await start('databases: { default: { root: companies } }');
    const { body } = await scope();
    expect(body.complete).toBe(false);
    expect(body.unclassified.map(({ table }: { table: string }) => table)).toEqual(
      expect.arrayContaining(['invoices', 'currencies', 'failed_jobs']),
    );
    const made = await backups.tryCreate(1);
    expect(made.body.backup.warnings.join()).toContain('Partial: the table invoices is not covered');
    await service?.stop();
    await start('databases: { default: { root: companies, strict: true } }');
    const refused = await backups.tryCreate(1);
    expect([refused.status, refused.body.code]).toEqual([422, 'scope-partial']);
    expect(refused.body.detail).toMatch(/invoices.*scope file/);
  });

  it('doubts, step by step, what looks like a key of a table that is placed by now', async () => {
    await start(
      'databases: { default: { root: companies, references: { invoices.company_id: companies }, exclude: { currencies: x, failed_jobs: x } } }',
    );
    const { body } = await scope();
    const reason = 'its column invoice_id looks like a key of invoices, but no foreign key says so';
    expect([body.complete, body.unclassified]).toEqual([
      false,
      [{ table: 'invoice_lines', reason, rows: 4 }],
    ]);
    expect((await backups.tryCreate(1)).body.backup.warnings).toEqual([
      `Partial: the table invoice_lines is not covered, ${reason}.`,
    ]);
  });

  it('says with its line what the database does not have', async () => {
    await start(whole.replace('invoice_lines.invoice_id: invoices.id', 'invoice_lines.bill_id: invoices.id'));
    const { status, body } = await scope();
    expect([status, body.code]).toEqual([422, 'artefact-unfit']);
    expect(body.detail).toBe('projects.yaml, line 8: the table "invoice_lines" has no column "bill_id".');
    expect((await backups.tryCreate(1)).body.detail).toContain('line 8');
  });

  it('stops the start when it is not valid, with the line', async () => {
    await expect(start(whole.replace('follow:', 'folow:'))).rejects.toThrow(
      /projects\.yaml, line 14.*folow/s,
    );
  });
});
