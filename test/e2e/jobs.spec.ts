import { readdir } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { workingPrefix } from '../../src/common/atomic-file.js';
import { mysqlTarget, type Target } from '../factories/target.js';
import { fillTables } from '../faults/kit/data.js';
import { FaultyLine } from '../faults/kit/line.js';
import { filesBelow } from '../faults/kit/proof.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { describeOnQueues } from '../support/redis.js';
import { describeAboveServers } from '../support/servers.js';
import { WorkerProcess } from '../support/worker-process.js';
import { until } from '../support/until.js';

interface Job {
  id: string;
  status: string;
  phase: string | null;
  progress: { bytes: number; rows: number; expected_bytes: number | null } | null;
  error: { code: string; detail: string } | null;
}

const backups = '/api/databases/default/backups';
const order = ['scheduled', 'pending', 'running', 'done'];

describeAboveServers('Jobs', (server) => {
  describeOnQueues('A job', 1, ({ redis }) => {
    let target: Target;
    let line: FaultyLine;
    let service: RunningApp;
    let worker: WorkerProcess | undefined;
    let api: Api;
    let settings: Record<string, string>;

    const startWorker = async () => {
      if (redis)
        worker = await WorkerProcess.start(service.folder, { ...settings, HOLDFAST_WORK_AT_ONCE: '2' });
    };

    beforeAll(async () => {
      target = await mysqlTarget(server);
      await fillTables(target, { tables: 4, rows: 800 });
      line = await FaultyLine.to(target.url);
      settings = {
        HOLDFAST_DATABASE_URL: line.url,
        ...(redis && { HOLDFAST_REDIS_URL: redis, HOLDFAST_WORK_AT_ONCE: '0' }),
      };
      service = await startApp(settings);
      api = await service.asSuperadmin();
      await startWorker();
    });
    afterAll(async () => {
      line.thaw();
      await worker?.kill();
      await service.stop();
      line.close();
      await target.drop();
    });

    const ask = async (): Promise<string> => (await api('POST', backups)).body.job_id;
    const job = async (id: string): Promise<Job> => (await api('GET', `/api/jobs/${id}`)).body;
    const cancel = (id: string) => api('POST', `/api/jobs/${id}/cancel`);
    const untilJob = (id: string, isSo: (job: Job) => boolean) => until(() => job(id), isSo);
    const ended = (id: string) =>
      untilJob(id, ({ status }) => ['done', 'error', 'cancelled'].includes(status));
    /** One that has come to its dump, and no further. */
    const stuck = async (): Promise<string> => {
      line.delayMs = 100;
      const id = await ask();
      await untilJob(id, ({ phase }) => phase === 'dump');
      line.freeze();
      return id;
    };
    const goOn = () => {
      line.delayMs = 0;
      line.thaw();
    };

    it('is told of as it goes on, with what it has done, and ends with its answer', async () => {
      const first = await ended(await ask());
      const id = await ask();
      const response = await fetch(`${service.url}/api/jobs/${id}/events`, {
        headers: { authorization: `Bearer ${await service.superadminToken()}` },
      });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      // The stream ends with the job.
      const told = [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) =>
        JSON.parse(data!),
      );
      const steps = told.map(({ status }: Job) => order.indexOf(status));
      expect(steps).toEqual([...steps].sort());
      expect(told.at(-1)).toMatchObject({
        status: 'done',
        progress: { rows: 3200, expected_bytes: first.progress?.bytes },
        result: { database_backup: { id, status: 'done' } },
      });
    });

    it('can be cancelled while it waits and while it runs, and leaves nothing behind', async () => {
      const before = await filesBelow(`${service.folder}/backups`);
      const [runs, waits] = [await stuck(), await ask()];
      expect((await cancel(waits)).body).toMatchObject({ status: 'cancelled' });
      expect((await cancel(runs)).status).toBe(200);
      line.thaw();
      expect(await ended(runs)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
      goOn();
      expect((await cancel(runs)).status).toBe(409);
      expect((await cancel(waits)).status).toBe(409);
      for (const id of [runs, waits]) {
        const { database_backup } = (await api('GET', `${backups}/${id}`)).body;
        expect(database_backup).toMatchObject({ status: 'cancelled' });
      }
      expect(await filesBelow(`${service.folder}/backups`)).toEqual(before);
      expect(await ended(await ask())).toMatchObject({ status: 'done' });
    });

    it('of a restore is refused while another one is under way, and put back when it is cancelled', async () => {
      const [{ filename }] = (await api('GET', '/api/v1/backup')).body.backups;
      const rows = await target.rows('SELECT COUNT(*) FROM t1');
      const runs = await stuck();
      const refused = await api('POST', '/api/v1/backup/restore', { filename }, { prefer: 'respond-async' });
      expect([refused.status, refused.body.code]).toEqual([409, 'database-busy']);
      await cancel(runs);
      goOn();
      await ended(runs);
      expect(await target.rows('SELECT COUNT(*) FROM t1')).toEqual(rows);
    });

    it('of a restore is refused when another one is asked for at the same moment, and came first', async () => {
      const [{ filename }] = (await api('GET', '/api/v1/backup')).body.backups;
      const restore = () => api('POST', '/api/v1/backup/restore', { filename });
      const answers = await Promise.all([restore(), restore(), restore()]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    });

    it('that fails for a reason that may pass is tried again', async () => {
      const { hostname, port, pathname } = new URL(target.url);
      const away = createServer((client) => {
        const upstream = connect(Number(port), hostname);
        client.on('error', () => upstream.destroy()).pipe(upstream);
        upstream.on('error', () => client.destroy()).pipe(client);
      });
      const own = await new Promise<number>((resolve) =>
        away.listen(0, '127.0.0.1', () => resolve((away.address() as AddressInfo).port)),
      );
      await new Promise((resolve) => away.close(resolve));
      const url = `mysql://root@127.0.0.1:${own}${pathname}`;
      expect((await api('POST', '/api/databases', { name: 'away', url })).status).toBe(201);
      const { job_id: id } = (await api('POST', '/api/databases/away/backups')).body;
      await untilJob(id, ({ phase }) => phase === 'waiting to try again');
      away.listen(own, '127.0.0.1');
      expect(await ended(id)).toMatchObject({ status: 'done' });
      away.close();
    });

    if (!redis) return;

    it('waits until there is a worker', async () => {
      await worker?.kill('SIGTERM');
      const id = await ask();
      expect(await job(id)).toMatchObject({ status: 'pending' });
      await startWorker();
      expect(await ended(id)).toMatchObject({ status: 'done' });
    });

    it('is given to another worker when its own one dies, and is done once', async () => {
      const before = (await api('GET', backups)).body.total;
      const left = async () =>
        (await readdir(`${service.folder}/backups/full`)).filter((name) => name.startsWith(workingPrefix));
      line.delayMs = 100;
      const id = await ask();
      while ((await left()).length === 0) await sleep(20);
      line.freeze();
      await worker?.kill('SIGKILL');
      goOn();
      // The service that asked finds it dead and removes what it was writing, without a start of anything.
      while ((await left()).length > 0) await sleep(50);
      await startWorker();
      expect(await ended(id)).toMatchObject({ status: 'done' });
      const after = (await api('GET', backups)).body;
      expect(after.total).toBe(before + 1);
      expect(after.database_backups[0]).toMatchObject({ id, status: 'done' });
    });

    it('of a restore ends when its worker dies, and the database is as it was', async () => {
      const [{ filename }] = (await api('GET', '/api/v1/backup')).body.backups;
      const before = await target.rows('SELECT COUNT(*) FROM t1');
      line.delayMs = 100;
      const started = await api('POST', '/api/v1/backup/restore', { filename }, { prefer: 'respond-async' });
      const id: string = started.body.job_id;
      await untilJob(id, ({ status }) => status === 'running');
      await worker?.kill('SIGKILL');
      goOn();
      await startWorker();
      expect(await ended(id)).toMatchObject({ status: 'error', error: { code: 'shutting-down' } });
      expect(await target.rows('SELECT COUNT(*) FROM t1')).toEqual(before);
    });
  });
});
