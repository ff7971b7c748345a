import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Application } from '../factories/applications/application.js';
import { ApplicationDamage } from '../factories/applications/application-damage.js';
import { ApplicationRows } from '../factories/applications/application-rows.js';
import { insertSql, tablesSql } from '../factories/applications/application-sql.js';
import { invoiceNinja } from '../factories/applications/invoice-ninja.js';
import { leantime } from '../factories/applications/leantime.js';
import { monica } from '../factories/applications/monica.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { SeededRandom } from '../faults/kit/random.js';
import { type RunningApp, startApp } from '../support/app.js';

const seed = Number(process.env['HOLDFAST_PROPERTY_SEED'] ?? 1);
const tenants = [0, 1, 2];

interface TreeNode {
  table: string;
  children: TreeNode[];
}

/** A failure of the damage names its seed: HOLDFAST_PROPERTY_SEED makes the same one again. */
describe.each([invoiceNinja, monica, leantime])('$name', (application: Application) => {
  const { root, tables } = application;

  it('needs at most ten lines of a scope file', () => {
    const lines = application.projectsFile.split('\n').filter((line) => line.trim() !== '');
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  describeOnEngines(`${application.name} in a database`, (_engine, open) => {
    const random = new SeededRandom(seed);
    const rows = new ApplicationRows(random, application, tenants.length);
    let folder: string;
    let target: Target;
    let service: RunningApp;
    let backups: ProjectBackups;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'holdfast-application-'));
      target = await open();
      await fill();
      service = await start(application.projectsFile);
      backups = await ProjectBackups.of(service);
    });
    afterAll(async () => {
      await service.stop();
      await target.drop();
      await rm(folder, { recursive: true, force: true });
    });

    async function fill(): Promise<void> {
      await target.run(tablesSql(application, target.kind));
      const inserts = tables
        .filter(({ name }) => rows.all(name).length > 0)
        .map(({ name }) => insertSql(name, rows.all(name), target.kind));
      await target.runUnchecked(inserts.join('; '));
    }

    async function start(content: string): Promise<RunningApp> {
      const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
      await writeFile(HOLDFAST_PROJECTS_FILE, content);
      return startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE });
    }

    async function scopeOf(running: RunningApp) {
      const api = await running.asSuperadmin();
      const { status, body } = await api('GET', '/api/v1/projects/scope');
      expect([status, body.detail]).toEqual([200, undefined]);
      return {
        owned: tablesBelow(body.root).sort(),
        unclassified: body.unclassified,
        complete: body.complete,
      };
    }

    const ofTenants = tables.filter(({ ofTenant }) => ofTenant).map(({ name }) => name);
    const keyOf = (tenant: number) => String(rows.ofTenant(tenant, root)[0]?.['id']);

    it('is placed without configuration as far as its foreign keys say it, and doubted beyond', async () => {
      const bare = await start(`databases: { default: { root: ${root} } }`);
      try {
        const { owned, unclassified, complete } = await scopeOf(bare);
        const expected = ofTenants.filter((name) => !application.onlyDeclared.includes(name));
        expect(owned).toEqual(expected.sort());
        const doubted = unclassified.map(({ table }: { table: string }) => table);
        expect([doubted.sort(), complete]).toEqual([[...application.doubted].sort(), false]);
      } finally {
        await bare.stop();
      }
    });

    it('is placed wholly with its scope file', async () => {
      expect(await scopeOf(service)).toEqual({
        owned: [...ofTenants].sort(),
        unclassified: [],
        complete: true,
      });
    });

    it.each(tenants)('has every row of tenant %i in its backup, and no other', async (tenant) => {
      const counts = ofTenants.map((name) => [name, rows.ofTenant(tenant, name).length]);
      const { data_summary } = await backups.create(keyOf(tenant));
      expect(data_summary).toEqual(Object.fromEntries(counts));
    });

    it.each(tenants)(
      'brings tenant %i back after random damage, and touches nobody else’s rows',
      async (tenant) => {
        await comesBackAfter(tenant, (damage) => damage.doSome(tenant, 120));
      },
    );

    it('brings a tenant back that is gone with all it had', async () => {
      await comesBackAfter(1, (damage) => damage.removeAll(1));
    });

    it('makes a copy of a tenant that has all of its rows, and leaves every other row as it was', async () => {
      const before = await everything(target);
      const { filename, data_summary } = await backups.create(keyOf(2));
      const api = await service.asSuperadmin();
      const copy = { filename, mode: 'copy', rename: application.rename };
      const { status, body } = await api('POST', `/api/v1/projects/${keyOf(2)}/backup/restore`, copy);
      expect([status, body.detail]).toEqual([200, undefined]);
      const after = await everything(target);
      for (const { name } of tables) {
        const lost = before[name]?.filter((row) => !after[name]?.includes(row));
        expect([name, lost]).toEqual([name, []]);
      }
      const again = await backups.create(body.restore_summary.copy.project_id);
      expect(again.data_summary).toEqual(data_summary);
    });

    async function comesBackAfter(tenant: number, harm: (damage: ApplicationDamage) => Promise<void>) {
      const key = keyOf(tenant);
      const before = await everything(target);
      const { filename } = await backups.create(key);
      await harm(new ApplicationDamage(random, application, rows.copy(), target));
      const damaged = await everything(target);
      const changed = tables.filter(({ name }) => String(damaged[name]) !== String(before[name]));
      expect(changed.length).toBeGreaterThan(ofTenants.length / 3);
      const { status, body } = await backups.restore(key, filename);
      expect([status, body.detail]).toEqual([200, undefined]);
      expect(await everything(target)).toEqual(before);
    }
  });
});

function tablesBelow({ table, children }: TreeNode): string[] {
  return [table, ...children.flatMap(tablesBelow)];
}
