import { createLocalization } from '../../factories/localization.js';
import { describeOnEngines, everything, type Target } from '../../factories/target.js';
import { fillTables } from '../kit/data.js';
import { MortalService, type ServiceAnswer } from '../kit/mortal-service.js';
import { repeat, repetitions } from '../kit/repeat.js';

const full = '/api/v1/backup';
const project = '/api/v1/projects/1/backup';

describeOnEngines('Row 14: much at once on one database', (_engine, open) => {
  let target: Target;
  let service: MortalService;

  beforeEach(async () => {
    target = await open();
    await createLocalization(target);
    await fillTables(target, { tables: 4, rows: 50 });
    service = await MortalService.start({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_MAX_BACKUPS: '500',
      HOLDFAST_MAX_PROJECT_BACKUPS: '500',
    });
  });
  afterEach(async () => {
    await service.remove();
    await target.drop();
  });

  const statuses = (answers: readonly ServiceAnswer[]) => answers.map(({ status }) => status);
  const count = async (path: string): Promise<number> => (await service.call('GET', path)).body.total;

  it('ten backups all end well, with names of their own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => service.call('POST', at % 2 ? project : full, {})),
    );
    expect(new Set(statuses(answers))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.backup.filename)).size).toBe(10);
  });

  it('of two restores one runs and one is refused, and the data is whole', async () => {
    const { body } = await service.call('POST', full, {});
    const before = await everything(target);
    await target.run('DELETE FROM t1');
    const restores = [1, 2].map(() => service.call('POST', `${full}/restore`, { filename: body.filename }));
    const answers = await Promise.all(restores);
    expect(statuses(answers).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('database-busy');
    expect(await everything(target)).toEqual(before);
  });

  it('whatever comes in whatever order: all end, and nothing waits for ever', async () => {
    const fullName: string = (await service.call('POST', full, {})).body.filename;
    const projectName: string = (await service.call('POST', project, {})).body.backup.filename;
    const before = await everything(target);
    const work = [
      ['POST', full, {}],
      ['POST', project, {}],
      ['POST', `${full}/restore`, { filename: fullName }],
      ['POST', `${project}/restore`, { filename: projectName }],
      ['POST', `${full}/cleanup`, {}],
      ['GET', `${full}/status`, undefined],
      ['GET', `${project}/status`, undefined],
    ] as const;
    await repeat(repetitions(2, 15), async ({ random }) => {
      const calls = Array.from({ length: 12 }, async () => {
        await new Promise((resolve) => setTimeout(resolve, random.between(0, 300)));
        const [method, path, body] = random.pick(work);
        return service.call(method, path, body);
      });
      const answers = await Promise.all(calls);
      for (const { status, body } of answers) {
        if (status !== 200)
          expect([status, body.code]).toEqual([409, expect.stringMatching(/busy|conflict/)]);
      }
      expect(await everything(target)).toEqual(before);
      return statuses(answers).map(String);
    });
    expect(await count(full)).toBeGreaterThan(0);
  }, 300_000);
});
