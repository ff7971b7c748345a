import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { forgetVerification } from '../factories/catalogue.js';
import { companions, createShop, portrait } from '../factories/shop.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

describeOnServers('verification of each backup', (server) => {
  let schema: TemporarySchema;
  let app: RunningApp;
  let api: Api;
  let path: string | undefined;
  let tools: string;
  let folders: string[];

  const start = async (more: Record<string, string>) => {
    app = await startApp({ HOLDFAST_DATABASE_URL: schema.url, HOLDFAST_MAX_BACKUPS: '2', ...more });
    api = await app.asSuperadmin();
  };

  beforeEach(async () => {
    path = process.env['PATH'];
    folders = [];
    tools = await mkdtemp(join(tmpdir(), 'holdfast-tools-'));
    schema = await temporarySchema(server);
    await createShop(schema.connection);
  });

  afterEach(async () => {
    process.env['PATH'] = path;
    await app.stop();
    expect(await companions(schema.connection, schema.name)).toEqual([]);
    await schema.drop();
    for (const folder of [tools, ...folders]) await rm(folder, { recursive: true, force: true });
  });

  /** From now on the dump tool writes a row twice: whole to look at, and refused by every server. */
  const spoilDumps = async () => {
    for (const name of ['mysqldump', 'mariadb-dump']) {
      const real = `PATH='${path ?? ''}' ${name} "$@"`;
      const script = `#!/bin/sh\ncase "$*" in *--version*|*--help*) ${real};; *) ${real} | sed "s/(2,'order 2/(1,'order 2/";; esac\n`;
      await writeFile(join(tools, name), script);
      await chmod(join(tools, name), 0o755);
    }
    process.env['PATH'] = `${tools}${delimiter}${path ?? ''}`;
  };

  /** From now on zstd keeps the end of what it compresses to itself. */
  const spoilCompression = async () => {
    const real = `PATH='${path ?? ''}' zstd "$@"`;
    const script = `#!/bin/sh\ncase "$*" in *-d*|*--version*) ${real};; *) ${real} | head -c -12;; esac\n`;
    await writeFile(join(tools, 'zstd'), script, { mode: 0o755 });
    process.env['PATH'] = `${tools}${delimiter}${path ?? ''}`;
  };

  const make = async (): Promise<{ filename: string; filepath: string }> => {
    const { status, body } = await api('POST', '/api/v1/backup');
    expect(status).toBe(200);
    return body.backup;
  };
  const list = async (): Promise<{ filename: string; verified_level: string; damage: object | null }[]> =>
    (await api('GET', '/api/v1/backup')).body.backups;
  const names = async () => (await list()).map(({ filename }) => filename);
  const cleanup = async (dry_run = false) =>
    (await api('POST', '/api/v1/backup/cleanup', { dry_run })).body.decisions as {
      filename: string;
      action: string;
      reason: string;
    }[];

  /** On the same folders. */
  const restart = async (more: Record<string, string>) => {
    const { folder } = app;
    await app.app.close();
    folders.push(folder);
    await start({
      HOLDFAST_DATA_DIR: join(folder, 'data'),
      HOLDFAST_BACKUP_DIR: join(folder, 'backups'),
      ...more,
    });
  };

  it('goes to the configured level before the backup counts', async () => {
    await start({ HOLDFAST_VERIFY: 'restorable' });
    const { filename } = await make();
    expect(await list()).toEqual([expect.objectContaining({ filename, verified_level: 'restorable' })]);
  });

  it('that fails makes the request fail, keeps the backup as damaged, and removes nothing', async () => {
    await start({ HOLDFAST_VERIFY: 'restorable' });
    const good = [(await make()).filename, (await make()).filename];
    const before = await portrait(schema.connection, schema.name);
    await spoilDumps();
    for (let time = 0; time < 3; time += 1) {
      const { body } = await api('POST', '/api/v1/backup');
      expect(body).toMatchObject({ status: 422, code: 'artefact-damaged' });
      expect(body.detail).toMatch(/^The backup backup_\S+ was written, but it is damaged .*line \d+/);
    }
    const [newest, , , ...old] = await list();
    expect(newest).toMatchObject({ verified_level: 'readable', damage: { level: 'restorable' } });
    expect(old.map(({ filename }) => filename)).toEqual([...good].reverse());
    expect((await cleanup()).filter(({ action }) => action === 'remove')).toEqual([]);
    expect(await names()).toEqual(expect.arrayContaining(good));
    expect(await portrait(schema.connection, schema.name)).toEqual(before);
  });

  it('finds what the compressing program lost, before anything older goes', async () => {
    await start({ HOLDFAST_COMPRESSION: 'zstd' });
    const good = [(await make()).filename, (await make()).filename];
    await spoilCompression();
    for (let time = 0; time < 2; time += 1) {
      const { body } = await api('POST', '/api/v1/backup');
      expect(body).toMatchObject({ status: 422, code: 'artefact-damaged' });
    }
    const [newest, , ...old] = await list();
    expect(newest).toMatchObject({ verified_level: 'stored', damage: { level: 'readable' } });
    expect(old.map(({ filename }) => filename)).toEqual([...good].reverse());
  });

  it('is made up for before a cleanup: of damage that nobody has seen yet, nothing good has to suffer', async () => {
    await start({ HOLDFAST_MAX_BACKUPS: '5' });
    const backups = [];
    for (let time = 0; time < 5; time += 1) backups.push(await make());
    await restart({ HOLDFAST_MAX_BACKUPS: '2' });
    const [oldest, old, ...newer] = backups;
    for (const { filepath } of newer) await truncate(filepath, 100);
    const planned = await cleanup(true);
    expect(planned.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep', 'keep', 'keep']);
    expect(planned.slice(0, 3).map(({ reason }) => reason)).toEqual(
      Array(3).fill('damaged: does not count and is not removed'),
    );
    await cleanup();
    expect(await names()).toEqual(expect.arrayContaining([oldest?.filename, old?.filename]));
  });

  it('keeps the newest restorable one, whatever the number says', async () => {
    await start({});
    const proven = await make();
    expect((await api('POST', `/api/v1/backup/${proven.filename}/verify`)).status).toBe(200);
    const others = [await make(), await make(), await make()];
    expect((await names()).sort()).toEqual(
      [proven, ...others.slice(1)].map(({ filename }) => filename).sort(),
    );
    expect(await cleanup(true)).toContainEqual({
      filename: proven.filename,
      action: 'keep',
      reason: 'newest that is restorable',
    });
  });

  it('of a backup from before there was any is made up for', async () => {
    await start({ HOLDFAST_MAX_BACKUPS: '5' });
    const backups = [await make(), await make(), await make()];
    await forgetVerification(app);
    expect((await list()).map(({ verified_level }) => verified_level)).toEqual([null, null, null]);
    expect((await cleanup(true)).map(({ reason }) => reason)).toEqual([
      'newest 1 of 5; newest that is good',
      'newest 2 of 5',
      'newest 3 of 5',
    ]);
    expect((await list()).map(({ verified_level }) => verified_level)).toEqual(backups.map(() => 'readable'));
  });
});
