import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { formatBytes } from '../../src/common/sizes.js';
import { type RunningApp, startApp } from '../support/app.js';
import { backupSections } from './support/backup-sections.js';
import { FrozenClock } from './support/frozen-clock.js';

interface Made {
  filename: string;
  filepath: string;
  created_at: string;
}

describe.each(backupSections)('in time, $section', ({ base, folder }) => {
  let clock: FrozenClock;
  let service: RunningApp;

  const start = async (now: string, settings: Record<string, string> = {}) => {
    clock = new FrozenClock(now);
    service = await startApp({ HOLDFAST_TIMEZONE: 'Europe/Oslo', ...settings }, { clock });
  };
  afterEach(() => service.stop());

  const make = async (): Promise<Made> => {
    const { body } = await (await service.asSuperadmin())('POST', base);
    return body.backup;
  };
  const list = async (): Promise<Made[]> => {
    const { body } = await (await service.asSuperadmin())('GET', base);
    return body.backups;
  };
  const endOf = ({ filename }: Made) => filename.replace(/^(project_1_)?backup_/, '').replace(/\.\w+$/, '');

  it('made within one second have names of their own, in the right order', async () => {
    await start('2026-03-01T12:00:00Z');
    const made = [await make(), await make(), await make()];
    expect(made.map(endOf)).toEqual([
      '2026-03-01_13-00-00',
      '2026-03-01_13-00-00_2',
      '2026-03-01_13-00-00_3',
    ]);
    expect((await list()).map(endOf)).toEqual(made.map(endOf).reverse());
    const files = readdirSync(join(service.folder, 'backups', folder));
    expect(files).toEqual(expect.arrayContaining(made.map(({ filename }) => filename)));
  });

  it('asked for at the same moment have names of their own', async () => {
    await start('2026-03-01T12:00:00Z');
    const made = await Promise.all(Array.from({ length: 5 }, make));
    expect(new Set(made.map(({ filename }) => filename)).size).toBe(5);
    expect(await list()).toHaveLength(5);
  });

  it('made in the hour that October repeats have names of their own, in the right order', async () => {
    await start('2026-10-25T00:30:00Z');
    const inSummerTime = await make();
    clock.set('2026-10-25T01:30:00Z');
    const inWinterTime = await make();
    clock.set('2026-10-25T02:30:00Z');
    const after = await make();
    expect([inSummerTime, inWinterTime, after].map(endOf)).toEqual([
      '2026-10-25_02-30-00',
      '2026-10-25_02-30-00_2',
      '2026-10-25_03-30-00',
    ]);
    expect([inSummerTime.created_at, inWinterTime.created_at]).toEqual(Array(2).fill('2026-10-25 02:30:00'));
    expect((await list()).map(endOf)).toEqual([after, inWinterTime, inSummerTime].map(endOf));
    const { body } = await (await service.asSuperadmin())('GET', `${base}/status`);
    expect(body.backup_stats.oldest_backup.filename).toBe(inSummerTime.filename);
    expect(body.backup_stats.newest_backup.filename).toBe(after.filename);
  });

  it('made after the clock was set back are still the newest, and the ones that are kept', async () => {
    const settings = { HOLDFAST_MAX_BACKUPS: '2', HOLDFAST_MAX_PROJECT_BACKUPS: '2' };
    await start('2026-03-01T12:00:00Z', settings);
    await make();
    const second = await make();
    clock.set('2026-02-01T12:00:00Z');
    const third = await make();
    expect((await list()).map(endOf)).toEqual([third, second].map(endOf));
  });

  it('have the time of their name, also when a second begins meanwhile', async () => {
    service = await startApp({}, { clock: new RestlessClock() });
    const { filename, created_at } = await make();
    expect(filename).toContain(created_at.replace(' ', '_').replaceAll(':', '-'));
  });
});

/** A second later each time that it is asked. */
class RestlessClock extends Clock {
  #seconds = 1_772_366_400;

  override now(): Date {
    this.#seconds += 1;
    return new Date(this.#seconds * 1000);
  }
}

describe('the cleanup of full backups', () => {
  const base = '/api/v1/backup';
  let folder: string;
  let service: RunningApp | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-cleanup-'));
  });
  afterEach(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true });
  });

  const restart = async (maxBackups: number) => {
    await service?.stop();
    service = await startApp({
      HOLDFAST_DATA_DIR: join(folder, 'data'),
      HOLDFAST_BACKUP_DIR: join(folder, 'backups'),
      HOLDFAST_MAX_BACKUPS: String(maxBackups),
    });
    return service.asSuperadmin();
  };
  const files = () =>
    readdirSync(join(folder, 'backups', 'full')).filter((name) => !name.endsWith('.manifest.json'));

  it('counts what it would remove, then removes it, then has nothing to do', async () => {
    const api = await restart(20);
    const made: { filename: string; filesize: number }[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await api('POST', base)).body.backup);
    const oldest = made.slice(0, 3);
    const freed = oldest.reduce((sum, { filesize }) => sum + filesize, 0);

    const strict = await restart(2);
    expect((await strict('GET', base)).body.total).toBe(5);
    const stats = {
      files_before: 5,
      files_after: 2,
      files_deleted: 3,
      space_freed: freed,
      space_freed_formatted: formatBytes(freed),
      max_backups_kept: 2,
    };

    const dry = await strict('POST', `${base}/cleanup`, { dry_run: true });
    expect([dry.status, dry.body.cleanup_stats]).toEqual([200, stats]);
    expect(dry.body).toMatchObject({ success: true, dry_run: true });
    const removed = dry.body.decisions.filter(({ action }: { action: string }) => action === 'remove');
    expect(removed.map(({ filename }: { filename: string }) => filename).sort()).toEqual(
      oldest.map(({ filename }) => filename).sort(),
    );
    expect(files()).toHaveLength(5);

    const wet = await strict('POST', `${base}/cleanup`);
    expect([wet.status, wet.body.success, wet.body.message]).toEqual([200, true, 'Backup cleanup completed']);
    expect(wet.body.cleanup_stats).toEqual(stats);
    const kept = made.slice(3).map(({ filename }) => filename);
    expect(files().sort()).toEqual(kept.sort());

    const again = await strict('POST', `${base}/cleanup`, { dry_run: false });
    expect(again.body.cleanup_stats).toEqual({
      ...stats,
      files_before: 2,
      files_deleted: 0,
      space_freed: 0,
      space_freed_formatted: '0 B',
    });
  });

  it('runs by itself after each success', async () => {
    const api = await restart(2);
    const made: string[] = [];
    for (let count = 0; count < 4; count += 1) made.push((await api('POST', base)).body.filename);
    expect(files().sort()).toEqual(made.slice(2).sort());
  });

  it('refuses a dry_run that is not true or false', async () => {
    const api = await restart(2);
    for (const dry_run of ['true', 1, 'no']) {
      const { status, body } = await api('POST', `${base}/cleanup`, { dry_run });
      expect([status, body.errors[0].field]).toEqual([400, 'dry_run']);
    }
  });
});
