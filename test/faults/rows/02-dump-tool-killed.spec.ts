import { setTimeout as sleep } from 'node:timers/promises';
import { mysqlTarget, type Target } from '../../factories/target.js';
import { describeOnServers } from '../../support/servers.js';
import { fillTables } from '../kit/data.js';
import { MortalService } from '../kit/mortal-service.js';
import { childrenOf, procHindrance } from '../kit/processes.js';
import { filesBelow } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';

const isPossible = procHindrance === null;

describeOnServers(
  `Row 2: the dump tool is killed${isPossible ? '' : ` (skipped: ${procHindrance})`}`,
  (server) => {
    let target: Target;
    let service: MortalService;

    beforeEach(async () => {
      target = await mysqlTarget(server);
      await fillTables(target, { tables: 20, rows: 400 });
      service = await MortalService.start({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_MAX_BACKUPS: '500' });
    });
    afterEach(async () => {
      await service.remove();
      await target.drop();
    });

    const dumpTool = () =>
      childrenOf(service.pid).find(({ program }) => /dump .*--defaults-file/.test(program));

    /** Kills it a moment after it was seen; null when it had ended by itself. */
    const killTool = async (job: string, afterMs: number) => {
      while (!dumpTool()) {
        if (service.jobs.where(job) === 'ended') return null;
        await sleep(1);
      }
      await sleep(afterMs);
      const tool = dumpTool();
      if (tool) process.kill(tool.pid, 'SIGKILL');
      return tool ?? null;
    };

    (isPossible ? it : it.skip)(
      'the run is an error that says so, and there is no artefact',
      async () => {
        await repeat(repetitions(4, 25), async ({ random }) => {
          const before = await filesBelow(service.backups);
          const job = await service.begin('/api/v1/backup');
          const killed = await killTool(job, random.pick([0, random.between(0, 150)]));
          await service.jobs.end(job);
          const { body } = await service.call('GET', `/api/jobs/${job}`);
          // What had written its last byte and only had to end may be gone before the signal comes.
          if (!killed || body.status === 'done') return 'too late';
          expect(body).toMatchObject({ status: 'error', error: { code: 'dump-failed' } });
          expect(await filesBelow(service.backups)).toEqual(before);
          expect(await filesBelow(service.workFolder)).toEqual({});
          return 'error';
        });
        expect((await service.call('POST', '/api/v1/backup', {})).status).toBe(200);
      },
      300_000,
    );
  },
);
