import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as soon } from 'node:timers/promises';
import { DataSource, type Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { OwnerService } from './owner.service.js';
import { ProcessEntity } from './process.entity.js';
import { ProcessesService, silenceMs } from './processes.service.js';

class MeasuringClock extends Clock {
  ms = 0;

  override monotonicMs(): number {
    return this.ms;
  }
}

const turnMs = 5_000;

/** Processes on one catalogue; each has a data folder of its own, as if on a machine of its own. */
describe('The processes of a catalogue', () => {
  let folder: string;
  let catalogue: DataSource;
  let rows: Repository<ProcessEntity>;
  let clock: MeasuringClock;
  let owners: OwnerService[];
  let running: ProcessesService[];

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'setTimeout'] });
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    folder = await mkdtemp(join(tmpdir(), 'holdfast-processes-'));
    catalogue = await new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [ProcessEntity],
      synchronize: true,
    }).initialize();
    rows = catalogue.getRepository(ProcessEntity);
    clock = new MeasuringClock();
    [owners, running] = [[], []];
  });
  afterEach(async () => {
    for (const processes of running) await processes.onApplicationShutdown();
    for (const owner of owners) owner.onApplicationShutdown();
    await catalogue.destroy();
    await rm(folder, { recursive: true, force: true });
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  async function start() {
    const settings = new Settings({ HOLDFAST_DATA_DIR: join(folder, String(running.length)) });
    const owner = new OwnerService(settings);
    const processes = new ProcessesService(rows, owner, settings, clock);
    owners.push(owner);
    running.push(processes);
    await processes.onModuleInit();
    const heard = { deaths: [] as string[], losses: 0 };
    processes.onDeath(async (dead) => void heard.deaths.push(dead));
    processes.onLoss(() => (heard.losses += 1));
    return { id: owner.id, processes, heard };
  }

  /** One of another machine, of which there is nothing but its row. */
  async function elsewhere(id: string): Promise<{ beat(): Promise<unknown> }> {
    await rows.insert({ id, purpose: 'worker', host: 'elsewhere', beat: 0, startedAt: clock.now() });
    return { beat: () => rows.increment({ id }, 'beat', 1) };
  }

  /** So much time passes, and everybody who lives takes his turns. */
  async function pass(ms: number, between: () => Promise<unknown> = async () => undefined): Promise<void> {
    for (let passed = 0; passed < ms; passed += turnMs) {
      clock.ms += turnMs;
      jest.advanceTimersByTime(turnMs);
      for (let turns = 0; turns < 20; turns += 1) await soon();
      await between();
    }
  }

  const listed = async () => (await rows.find()).map(({ id }) => id).sort();

  it('are listed from their start to their end', async () => {
    const [one, two] = [await start(), await start()];
    expect(await listed()).toEqual([one.id, two.id].sort());
    expect(await one.processes.isAlive(two.id)).toBe(true);
    await two.processes.onApplicationShutdown();
    expect(await listed()).toEqual([one.id]);
    expect(await one.processes.isAlive(two.id)).toBe(false);
    expect(await one.processes.isAlive(null)).toBe(false);
  });

  it('live as long as they count on, whatever their clocks say', async () => {
    const { heard } = await start();
    const other = await elsewhere('other');
    await pass(10 * silenceMs, other.beat);
    expect(heard.deaths).toEqual([]);
    expect(await listed()).toContain('other');
  });

  it('are dead when their count has stood still for so long, and one of the living hears of it, once', async () => {
    const living = [await start(), await start(), await start()];
    const other = await elsewhere('other');
    await pass(2 * turnMs, other.beat);
    await pass(silenceMs);
    expect(living.flatMap(({ heard }) => heard.deaths)).toEqual([]);
    await pass(2 * turnMs);
    expect(living.flatMap(({ heard }) => heard.deaths)).toEqual(['other']);
    expect(await listed()).toEqual(living.map(({ id }) => id).sort());
    await pass(2 * silenceMs);
    expect(living.flatMap(({ heard }) => heard.deaths)).toEqual(['other']);
  });

  it('of the same data folder are dead as soon as their file says so', async () => {
    const { heard } = await start();
    await elsewhere('killed');
    jest
      .spyOn(owners[0] as OwnerService, 'livesHere')
      .mockImplementation((id) => (id === 'killed' ? false : null));
    await pass(turnMs);
    expect(heard.deaths).toEqual(['killed']);
  });

  it('of the same data folder live while their file says so, however long they are silent', async () => {
    const { heard } = await start();
    await elsewhere('busy');
    jest
      .spyOn(owners[0] as OwnerService, 'livesHere')
      .mockImplementation((id) => (id === 'busy' ? true : null));
    await pass(3 * silenceMs);
    expect(heard.deaths).toEqual([]);
  });

  it('that were taken for dead hear that they have lost their work, and are listed again', async () => {
    const { id, heard } = await start();
    await rows.delete({ id });
    await pass(turnMs);
    expect(heard.losses).toBe(1);
    expect(await listed()).toEqual([id]);
    await pass(turnMs);
    expect(heard.losses).toBe(1);
  });

  it('are not dead for a silence in which nobody could have counted', async () => {
    const { heard } = await start();
    const other = await elsewhere('other');
    await pass(silenceMs - turnMs);
    const away = jest.spyOn(rows, 'increment').mockRejectedValue(new Error('The catalogue is away'));
    await pass(2 * silenceMs);
    away.mockRestore();
    await pass(2 * turnMs);
    expect(heard.deaths).toEqual([]);
    await other.beat();
    await pass(turnMs, other.beat);
    expect(heard.deaths).toEqual([]);
  });
});
