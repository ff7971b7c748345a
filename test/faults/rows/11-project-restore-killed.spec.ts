import {
  createLocalization,
  removeAreas,
  rowsOfOthers,
  rowsOfProject,
} from '../../factories/localization.js';
import { describeOnEveryEngine, everything, type Target } from '../../factories/target.js';
import { growProject } from '../kit/data.js';
import { FaultyLine } from '../kit/line.js';
import { MortalService } from '../kit/mortal-service.js';
import { killSessionsOf as killMysqlSessions } from '../kit/mysql-sessions.js';
import { killSessionsOf as killPostgresSessions } from '../kit/postgres-sessions.js';
import { filesBelow, oldOrNew } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';

const faults = ['SIGKILL', 'cut connections', 'KILL of its sessions'] as const;
const route = '/api/v1/projects/1/backup';

describeOnEveryEngine('Row 11: a project restore is ended at a random moment', (engine, open) => {
  let target: Target;
  let line: FaultyLine | undefined;
  let service: MortalService;

  beforeEach(async () => {
    target = await open();
    await createLocalization(target);
    await growProject(target, { section: 100, strings: 400 });
    line = target.kind === 'sqlite' ? undefined : await FaultyLine.to(target.url);
    service = await MortalService.start({
      HOLDFAST_DATABASE_URL: line?.url ?? target.url,
      HOLDFAST_MAX_PROJECT_BACKUPS: '500',
    });
  });
  afterEach(async () => {
    await service.remove();
    line?.close();
    await target.drop();
  });

  const damage = () =>
    target.run(`${removeAreas('id = 11')}; UPDATE strings SET source = 'changed' WHERE section_id = 100`);

  const ownSession = async () =>
    Number(JSON.parse((await target.rows('SELECT CONNECTION_ID()'))[0] ?? 'null'));

  const provoke = async (fault: (typeof faults)[number], job: string) => {
    if (fault === 'SIGKILL') {
      await service.signal('SIGKILL');
      return service.restart();
    }
    if (fault === 'cut connections') line?.cut();
    else if (target.kind === 'mysql') await killMysqlSessions(target.url, [await ownSession()]);
    else await killPostgresSessions(target.url, [await ownSession()]);
    await service.jobs.end(job);
  };

  it('its rows are all old or all new, and nobody else’s are touched', async () => {
    const made = await service.call('POST', route, {});
    const restore = { filename: made.body.backup.filename as string };
    const whole = await rowsOfProject(target, 1);
    await damage();
    const others = await rowsOfOthers(target, 1);
    const damaged = await rowsOfProject(target, 1);
    const phases = await service.measure(`${route}/restore`, restore);
    expect(await rowsOfProject(target, 1)).toEqual(whole);

    const possible = engine === 'SQLite' ? faults.slice(0, 1) : faults;
    await repeat(repetitions(3), async ({ random, index }) => {
      const fault = possible[index % possible.length] ?? 'SIGKILL';
      await damage();
      const job = await service.begin(`${route}/restore`, restore);
      const phase = await service.jobs.randomMoment(job, random.pick(phases), random);
      await provoke(fault, job);
      // Also proves that the dead transaction is over: a restore locks the project's rows.
      const next = await service.call('POST', route, {});
      expect(next.body).toMatchObject({ success: true });
      const outcome = oldOrNew(await rowsOfProject(target, 1), { old: damaged, new: whole });
      expect(await rowsOfOthers(target, 1)).toEqual(others);
      expect(await filesBelow(service.workFolder)).toEqual({});
      const { body } = await service.call('GET', `/api/jobs/${job}`);
      if (outcome === 'old') expect(body.status).toBe('error');
      const again = await service.call('POST', `${route}/restore`, restore);
      expect(again.body).toMatchObject({ success: true });
      expect(await rowsOfProject(target, 1)).toEqual(whole);
      return [fault, `in ${phase}`, outcome];
    });
  }, 900_000);

  it('a copy of it is there wholly or not at all, and nobody’s rows are touched', async () => {
    const made = await service.call('POST', route, {});
    const copy = { filename: made.body.backup.filename as string, mode: 'copy' };
    const phases = await service.measure(`${route}/restore`, copy);
    const possible = engine === 'SQLite' ? faults.slice(0, 1) : faults;
    await repeat(repetitions(2), async ({ random, index }) => {
      const fault = possible[index % possible.length] ?? 'SIGKILL';
      const before = await everything(target);
      const job = await service.begin(`${route}/restore`, copy);
      const phase = await service.jobs.randomMoment(job, random.pick(phases), random);
      await provoke(fault, job);
      const again = await service.call('POST', `${route}/restore`, copy);
      expect(again.body).toMatchObject({ success: true });
      const { copies } = (await service.call('GET', `${route}/copies`)).body;
      const after = await everything(target);
      const ids = await target.rows('SELECT id FROM projects');
      const whole = copies.filter((one: { finished_at: string | null }) => one.finished_at !== null);
      // The two projects of the beginning and the small one.
      expect(ids).toHaveLength(3 + whole.length);
      for (const [table, rows] of Object.entries(made.body.backup.data_summary as Record<string, number>)) {
        expect(before[table]?.filter((row) => !after[table]?.includes(row))).toEqual([]);
        const more = (after[table]?.length ?? 0) - (before[table]?.length ?? 0);
        expect([rows, 2 * rows]).toContain(more);
      }
      const outcome = ids.length - (before['projects']?.length ?? 0) === 2 ? 'new' : 'old';
      return [fault, `in ${phase}`, outcome];
    });
  }, 900_000);
});
