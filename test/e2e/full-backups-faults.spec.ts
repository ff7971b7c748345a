import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';
import { editCatalogue } from '../factories/catalogue.js';
import { companions, createShop, portrait } from '../factories/shop.js';

describeOnServers('when something is wrong', (server) => {
  let schema: TemporarySchema;
  let app: RunningApp;
  let api: Api;
  let before: Record<string, string>;

  beforeEach(async () => {
    schema = await temporarySchema(server);
    await createShop(schema.connection);
    before = await portrait(schema.connection, schema.name);
    app = await startApp({ HOLDFAST_DATABASE_URL: schema.url });
    api = await app.asSuperadmin();
  });

  afterEach(async () => {
    await app.stop();
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
  });

  /** The restore is refused, live is as it was, and nothing of a staging is left. */
  const refusedUnchanged = async (filename: string, status: number, code: string) => {
    const answer = await api('POST', '/api/v1/backup/restore', { filename });
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
    expect(await portrait(schema.connection, schema.name)).toEqual(before);
    expect(await companions(schema.connection, schema.name)).toEqual([]);
  };

  const backup = async () =>
    (await api('POST', '/api/v1/backup')).body.backup as { filename: string; filepath: string };

  /** Changes the artefact and makes its manifest agree. */
  const replace = async (filepath: string, change: (sql: string) => string) => {
    const manifestPath = `${filepath}.manifest.json`;
    const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
    const [tables, ...others] = manifest.parts;
    const sql = await readFile(filepath);
    const changed = Buffer.from(change(sql.subarray(0, tables.length).toString('latin1')), 'latin1');
    const whole = Buffer.concat([changed, sql.subarray(tables.length)]);
    const shift = changed.length - tables.length;
    tables.length += shift;
    for (const part of others) part.offset += shift;
    manifest.size = whole.length;
    manifest.sha256 = createHash('sha256').update(whole).digest('hex');
    await writeFile(filepath, whole);
    await writeFile(manifestPath, JSON.stringify(manifest));
    return { size: whole.length, sha256: manifest.sha256 as string };
  };

  /** As `replace`, and in the catalogue, too: only the contents are wrong now. */
  const rewrite = async (filepath: string, change: (sql: string) => string) =>
    editCatalogue(app, basename(filepath), await replace(filepath, change));

  it('a flipped byte is found before anything is touched', async () => {
    const { filename, filepath } = await backup();
    const bytes = await readFile(filepath);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(filepath, bytes);
    await refusedUnchanged(filename, 422, 'artefact-damaged');
  });

  it.each([0, 1, 500])('an artefact cut to %d bytes is refused', async (length) => {
    const { filename, filepath } = await backup();
    await truncate(filepath, length);
    await refusedUnchanged(filename, 422, 'artefact-damaged');
  });

  it('a missing artefact is 404, a missing manifest 422', async () => {
    const { filename, filepath } = await backup();
    await rm(`${filepath}.manifest.json`);
    await refusedUnchanged(filename, 422, 'artefact-damaged');
    await rm(filepath);
    await refusedUnchanged(filename, 404, 'not-found');
  });

  it('an artefact that was replaced with its manifest is not what the catalogue knows', async () => {
    const { filename, filepath } = await backup();
    await replace(filepath, (sql) => sql.replace('CREATE TABLE `orders`', 'CREATE TABLE  `orders`'));
    await refusedUnchanged(filename, 422, 'artefact-damaged');
  });

  it('an error in the middle of the SQL leaves live alone', async () => {
    const { filename, filepath } = await backup();
    await rewrite(filepath, (sql) => sql.replace('CREATE TABLE `orders`', 'CREATE TABEL `orders`'));
    await refusedUnchanged(filename, 422, 'artefact-unfit');
  });

  it('a row too few is seen by the comparison with the manifest', async () => {
    const { filename, filepath } = await backup();
    await rewrite(filepath, (sql) => sql.replace(/INSERT INTO `audit`[^;]*;/, ''));
    await refusedUnchanged(filename, 422, 'artefact-unfit');
  });

  it('a table too many is seen by the comparison with the manifest', async () => {
    const { filename, filepath } = await backup();
    await rewrite(filepath, (sql) => `${sql}CREATE TABLE smuggled (id INT);\n`);
    await refusedUnchanged(filename, 422, 'artefact-unfit');
  });

  it('a long transaction on a table makes the restore busy, with triggers and views still there', async () => {
    const { filename } = await backup();
    const other = await temporarySchema(server);
    await other.connection.query(`USE ${schema.name}; BEGIN; SELECT * FROM orders`);
    await refusedUnchanged(filename, 409, 'database-busy');
    await other.drop();
    expect((await api('POST', '/api/v1/backup/restore', { filename })).status).toBe(200);
  });

  it('a foreign key of another schema makes the restore refuse', async () => {
    const { filename } = await backup();
    const other = await temporarySchema(server);
    await other.connection.query(
      `CREATE TABLE outside (id INT UNSIGNED, FOREIGN KEY (id) REFERENCES ${schema.name}.customers (id)) ENGINE=InnoDB`,
    );
    await refusedUnchanged(filename, 409, 'conflict');
    await other.drop();
  });

  it('a server that is away, a wrong password and a missing database are 503, and status says so', async () => {
    const wrong = new URL(schema.url);
    wrong.username = 'nobody';
    wrong.password = 'hunter2';
    const missing = new URL(schema.url);
    missing.pathname = '/holdfast_no_such_database';
    const away = new URL(schema.url);
    away.port = '1';
    for (const url of [wrong, missing, away]) {
      const broken = await startApp({ HOLDFAST_DATABASE_URL: url.href });
      try {
        const call = await broken.asSuperadmin();
        const status = await call('GET', '/api/v1/backup/status');
        expect(status.status).toBe(200);
        expect(status.body.system_status.database_reachable).toBe(false);
        expect(status.body.system_status.problems).not.toEqual([]);
        const made = await call('POST', '/api/v1/backup');
        expect(made.body).toMatchObject({ status: 503, code: 'database-unreachable' });
        expect(JSON.stringify([made.body, status.body])).not.toMatch(/hunter2|mysql:\/\//);
        expect((await call('GET', '/api/v1/backup')).body.total).toBe(0);
      } finally {
        await broken.stop();
      }
    }
  });

  describe('with the dump tool', () => {
    let path: string | undefined;
    let folder: string;

    beforeEach(async () => {
      path = process.env['PATH'];
      folder = await mkdtemp(join(tmpdir(), 'holdfast-tools-'));
    });

    afterEach(async () => {
      process.env['PATH'] = path;
      await rm(folder, { recursive: true, force: true });
    });

    /** Puts a wrapper around the real tool first on the PATH. */
    const wrapDumpTool = async (script: string) => {
      for (const name of ['mysqldump', 'mariadb-dump']) {
        const wrapper = join(folder, name);
        const real = `PATH='${path ?? ''}' ${name}`;
        await writeFile(
          wrapper,
          `#!/bin/sh\ncase "$*" in *--version*|*--help*) ${real} "$@"; exit;; esac\n${script.replaceAll('REAL', `${real} "$@"`)}\n`,
        );
        await chmod(wrapper, 0o755);
      }
      process.env['PATH'] = `${folder}${delimiter}${path ?? ''}`;
    };

    const failsWithoutArtefact = async (code: string) => {
      const made = await api('POST', '/api/v1/backup');
      expect(made.body).toMatchObject({ status: 503, code });
      expect((await api('GET', '/api/v1/backup')).body.total).toBe(0);
      expect(await readdir(join(app.folder, 'backups', 'full')).catch(() => [])).toEqual([]);
      return made.body.detail as string;
    };

    it('missing, a backup is 503 and status tells before anybody tries', async () => {
      process.env['PATH'] = folder;
      const { body } = await api('GET', '/api/v1/backup/status');
      expect(body.system_status.mysqldump_available).toBe(false);
      await failsWithoutArtefact('dump-tool-missing');
    });

    it('ending with an error, its message is told and no artefact is left', async () => {
      await wrapDumpTool(
        'REAL | head -c 3000; echo "mysqldump: Got error: 2013: Lost connection" >&2; exit 3',
      );
      expect(await failsWithoutArtefact('dump-failed')).toContain('Lost connection');
    });

    it('ending well but without its end marker, no artefact is left', async () => {
      await wrapDumpTool('REAL | head -n -3; exit 0');
      expect(await failsWithoutArtefact('dump-failed')).toContain('end marker');
    });

    it('killed, no artefact is left', async () => {
      await wrapDumpTool('REAL | head -c 2000; kill -9 $$');
      await failsWithoutArtefact('dump-failed');
    });

    it('leaving a table out, no artefact is left', async () => {
      await wrapDumpTool(`REAL --ignore-table=${schema.name}.audit`);
      expect(await failsWithoutArtefact('dump-failed')).toContain('audit');
    });
  });

  it('a password of odd characters reaches the tools, and nothing else', async () => {
    const password = `p"a's\\s #w;%$(id)é`;
    const user = `hf_${schema.name.slice(-8)}`;
    await schema.connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY ?`, [password]);
    await schema.connection.query(`GRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION`);
    const url = new URL(schema.url);
    url.username = user;
    url.password = encodeURIComponent(password);
    const odd = await startApp({ HOLDFAST_DATABASE_URL: url.href });
    try {
      const call = await odd.asSuperadmin();
      const made = await call('POST', '/api/v1/backup');
      expect(made.status).toBe(200);
      const restored = await call('POST', '/api/v1/backup/restore', { filename: made.body.filename });
      expect(restored.body).toMatchObject({ success: true });
      expect(await readFile(made.body.backup.filepath, 'latin1')).not.toContain('p"a\'s');
    } finally {
      await odd.stop();
      await schema.connection.query(`DROP USER '${user}'@'%'`);
    }
  });

  it('an account that may not create the staging schema is told which grant it needs', async () => {
    const { filename } = await backup();
    const user = `hg_${schema.name.slice(-8)}`;
    await schema.connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'a password'`);
    await schema.connection.query(`GRANT ALL ON ${schema.name}.* TO '${user}'@'%'`);
    const url = new URL(schema.url);
    url.username = user;
    url.password = 'a%20password';
    const limited = await startApp({
      HOLDFAST_DATABASE_URL: url.href,
      HOLDFAST_DATA_DIR: join(app.folder, 'data'),
      HOLDFAST_BACKUP_DIR: join(app.folder, 'backups'),
      // Its jobs are its own: whoever shares them has the other account.
      HOLDFAST_REDIS_URL: '',
    });
    try {
      const call = await limited.asSuperadmin();
      const answer = await call('POST', '/api/v1/backup/restore', { filename });
      expect(answer.body).toMatchObject({ status: 503, code: 'database-refused' });
      expect(answer.body.detail).toContain('_holdfast\\_%');
      expect(await portrait(schema.connection, schema.name)).toEqual(before);
    } finally {
      await limited.stop();
      await schema.connection.query(`DROP USER '${user}'@'%'`);
    }
  });
});
