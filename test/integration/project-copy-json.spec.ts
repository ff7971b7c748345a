import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import type { Cell } from '../../src/engines/rows.types.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import { ProjectScopeService } from '../../src/project-scope/project-scope.service.js';
import { fileHeader } from '../factories/project-file.js';
import { describeOnEngines, type Target } from '../factories/target.js';

const tables = `
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE tasks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL,
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
  CREATE TABLE settings (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, data JSON,
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
  INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
  INSERT INTO tasks VALUES (10, 1), (12, 1), (20, 2);
  INSERT INTO settings VALUES (1, 1, '{"tasks": [10, "12"], "project": 1, "elsewhere": 10}')`;

const rules = `
databases:
  default:
    json:
      - { table: settings, column: data, path: '$.tasks[*]', references: tasks }
      - { table: settings, column: data, path: $.project, references: projects }`;

describeOnEngines('A copy of a project with ids inside JSON', (_engine, open) => {
  const scope = new ProjectScopeService();
  let target: Target;
  let workFolder: string;

  beforeEach(async () => {
    target = await open();
    workFolder = await mkdtemp(join(tmpdir(), 'holdfast-copy-json-'));
    await target.run(tables);
  });
  afterEach(async () => {
    await target.drop();
    await rm(workFolder, { recursive: true, force: true });
  });

  async function openProject() {
    const engine = new EnginesService(new Clock()).open(parseDatabaseUrl(target.url));
    const { rows } = engine;
    const schema = await rows.schema();
    const rulesOfDefault = scope.readRules(rules, 'projects.yaml', 'projects').get('default');
    if (!rulesOfDefault) throw new Error('no rules');
    const plan = scope.plan(schema, rulesOfDefault);
    const header = { ...fileHeader, engine: target.kind, schema_fingerprint: plan.fingerprint };
    const backUp = (rootKey: Cell) =>
      rows.snapshot(async (reader) => {
        const bytes: Buffer[] = [];
        const result = { totals: {}, rowsDigest: '', warnings: [] };
        const options = { leaks: 'refuse', workFolder } as const;
        for await (const some of scope.export(reader, plan, rootKey, header, result, options))
          bytes.push(some);
        return Buffer.concat(bytes);
      });
    const copy = (file: Buffer) =>
      scope.copy(rows, {
        plan,
        schema,
        engine: target.kind,
        nameColumn: 'name',
        wantedKey: null,
        renamings: new Map(),
        secret: 'of the copy',
        workFolder,
        openFile: () => Promise.resolve(Readable.from([file])),
      });
    return { backUp, copy, close: () => engine.close() };
  }

  const settings = async (project: number) => {
    const [row = ''] = await target.rows(`SELECT data FROM settings WHERE project_id = ${project}`);
    return JSON.parse(/\{.*\}/.exec(row.replaceAll('\\"', '"'))?.[0] ?? 'null') as object;
  };

  it('names the copy’s own rows, and the original its own', async () => {
    const { backUp, copy, close } = await openProject();
    try {
      const { rootKey } = await copy(await backUp(1));
      expect(rootKey).toBe(3);
      const [first, second] = (
        await target.rows('SELECT id FROM tasks WHERE project_id = 3 ORDER BY id')
      ).map((row) => Number(/\d+/.exec(row)?.[0]));
      expect(await settings(3)).toEqual({ tasks: [first, String(second)], project: 3, elsewhere: 10 });
      expect(await settings(1)).toEqual({ tasks: [10, '12'], project: 1, elsewhere: 10 });
      await backUp(3);
    } finally {
      await close();
    }
  });

  it('is refused when it would name rows of others', async () => {
    const { backUp, copy, close } = await openProject();
    try {
      await target.run(`UPDATE settings SET data = '{"tasks": [99]}'`);
      const file = await backUp(1);
      await target.run('INSERT INTO tasks VALUES (99, 2)');
      await expect(copy(file)).rejects.toMatchObject({ code: 'scope-leak' });
      expect(await target.rows('SELECT id FROM projects WHERE id > 2')).toEqual([]);
    } finally {
      await close();
    }
  });
});
