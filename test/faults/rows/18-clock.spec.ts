import { join } from 'node:path';
import { sqliteTarget, type Target } from '../../factories/target.js';
import { FrozenClock } from '../../e2e/support/frozen-clock.js';
import { type Api, type RunningApp, startApp } from '../../support/app.js';
import { filesBelow } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';

const kept = 3;

describe('Row 18: the clock', () => {
  let target: Target;
  let clock: FrozenClock;
  let service: RunningApp;
  let api: Api;

  beforeEach(async () => {
    target = await sqliteTarget();
    await target.run('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    clock = new FrozenClock('2026-10-24T12:00:00Z');
    service = await startApp(
      {
        HOLDFAST_DATABASE_URL: target.url,
        HOLDFAST_TIMEZONE: 'Europe/Oslo',
        HOLDFAST_MAX_BACKUPS: String(kept),
        HOLDFAST_AUTH: 'disabled',
      },
      { clock },
    );
    api = service.api(null);
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
  });

  it('jumps at random, back and forth, also over a clock change: unique names, right order, the newest are kept', async () => {
    const made: string[] = [];
    await repeat(repetitions(12, 60), async ({ random }) => {
      const jump = random.pick([
        'stands still',
        'goes on',
        'an hour back',
        'a year back',
        'to the clock change',
      ]);
      if (jump === 'goes on') clock.advanceSeconds(random.integer(1, 4000));
      if (jump === 'an hour back') clock.advanceSeconds(-3600);
      if (jump === 'a year back') clock.advanceSeconds(-365 * 86_400);
      // From 00:00 to 02:00 UTC the hour from two to three comes twice in Oslo.
      if (jump === 'to the clock change') clock.set(`2026-10-25T0${random.integer(0, 1)}:30:00Z`);
      const { status, body } = await api('POST', '/api/v1/backup', {});
      expect(status).toBe(200);
      // The name of one that retention has removed may come again.
      expect(made.slice(0, kept)).not.toContain(body.filename);
      made.unshift(body.filename);
      const { body: list } = await api('GET', '/api/v1/backup');
      const names = list.backups.map(({ filename }: { filename: string }) => filename);
      expect(names).toEqual(made.slice(0, kept));
      const files = await filesBelow(join(service.folder, 'backups', 'full'));
      expect(
        Object.keys(files)
          .filter((name) => !name.endsWith('.json'))
          .sort(),
      ).toEqual([...names].sort());
      return jump;
    });
  }, 300_000);
});
