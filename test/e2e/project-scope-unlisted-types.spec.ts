import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';
import { commandProcess } from '../support/command-line.js';

const tables = `
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE notes (id INTEGER PRIMARY KEY, on_type VARCHAR(300), on_id INTEGER, by_kind INTEGER, by_id INTEGER);
  CREATE TABLE tokens (id INTEGER PRIMARY KEY, of_type VARCHAR(20), of_id INTEGER);
  INSERT INTO projects VALUES (1, 'Harbour');
  INSERT INTO notes VALUES (1, 'project', 1, 1, 1), (2, 'user', 7, 2, 9), (3, 'user', 8, NULL, NULL), (4, NULL, NULL, 3, 1);
  INSERT INTO tokens VALUES (1, 'robot', 1)`;

const pairs = (...more: string[]) => `
databases:
  default:
    strict: true
    polymorphic:
      - { table: notes, type: on_type, id: on_id, tables: { ${['project: projects', ...more].join(', ')} } }
      - { table: notes, type: by_kind, id: by_id, tables: { '1': projects } }
      - { table: tokens, type: of_type, id: of_id, tables: { project: projects } }
    exclude: { tokens: of the machines }
`;

describeOnEngines('Types that no pair lists', (_engine, open) => {
  let target: Target;
  let folder: string;
  let service: RunningApp | undefined;

  beforeEach(async () => {
    target = await open();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-types-'));
    await target.run(tables);
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(content: string) {
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(HOLDFAST_PROJECTS_FILE, content);
    const settings = { HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE };
    service = await startApp(settings);
    const api = await service.asSuperadmin();
    return { settings, service, scope: async () => (await api('GET', '/api/v1/projects/scope')).body };
  }

  const byKind = {
    table: 'notes',
    type_column: 'by_kind',
    id_columns: ['by_id'],
    types: [
      { type: '2', rows: 1 },
      { type: '3', rows: 1 },
    ],
    more: false,
  };

  it('are told with the number of their rows, and change nothing else', async () => {
    const { settings, service, scope } = await start(pairs());
    const found = await scope();
    expect(found).toMatchObject({ complete: true, unclassified: [] });
    expect(found.unlisted_types).toEqual([
      {
        table: 'notes',
        type_column: 'on_type',
        id_columns: ['on_id'],
        types: [{ type: 'user', rows: 2 }],
        more: false,
      },
      byKind,
    ]);
    const { status, body } = await (await ProjectBackups.of(service)).tryCreate(1);
    expect([status, body.backup?.warnings]).toEqual([200, []]);
    const { out } = await commandProcess(folder, settings, 'scope');
    expect(out).toContain(
      'Types that no (type, id) pair lists: nobody owns rows by them:\n' +
        '  notes.on_type of on_id  "user" 2 rows\n' +
        '  notes.by_kind of by_id  "2" 1 rows, "3" 1 rows\n',
    );
  });

  it('are none once they are listed', async () => {
    const { scope } = await start(pairs('user: notes'));
    expect((await scope()).unlisted_types).toEqual([byKind]);
  });

  it('are no more than twenty of each pair, the most frequent first, and long ones are cut', async () => {
    const many = Array.from({ length: 25 }, (_, at) => `(${100 + at}, 'type ${at}', 1, NULL, NULL)`);
    const long = [1, 2, 3].map((id) => `(${id + 50}, '${'x'.repeat(300)}', 1, NULL, NULL)`);
    await target.run(`INSERT INTO notes VALUES ${[...many, ...long].join(', ')}`);
    const { scope } = await start(pairs());
    const [{ types, more }] = (await scope()).unlisted_types;
    expect([types.length, more]).toEqual([20, true]);
    expect(types.slice(0, 2)).toEqual([
      { type: `${'x'.repeat(100)}...`, rows: 3 },
      { type: 'user', rows: 2 },
    ]);
  });
});
