import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteTarget, type Target } from '../../factories/target.js';
import { fillTables } from '../kit/data.js';
import { MortalService } from '../kit/mortal-service.js';
import { openHandles, procHindrance } from '../kit/processes.js';
import { filesBelow } from '../kit/proof.js';
import { type Repetition, repeat, repetitions } from '../kit/repeat.js';
import { until } from '../../support/until.js';

const backup = '/api/v1/backup';
const hindrance = procHindrance;

describe(`Row 21: a client goes away in the middle${hindrance ? ` (skipped: ${hindrance})` : ''}`, () => {
  const test = hindrance ? it.skip : it;
  let target: Target;
  let service: MortalService;

  beforeEach(async () => {
    target = await sqliteTarget();
    await fillTables(target, { tables: 10, rows: 800 });
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_MAX_BACKUPS: '500' });
  });
  afterEach(async () => {
    await service.remove();
    await target.drop();
  });

  /** A socket to the service that has sent these words. */
  const say = async (text: string): Promise<Socket> => {
    const { hostname, port } = new URL(service.url);
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => socket.write(text, () => resolve()));
      socket.once('error', reject);
    });
    return socket;
  };

  const head = (method: string, path: string, ...more: string[]) =>
    `${[`${method} ${path} HTTP/1.1`, 'Host: test', ...more].join('\r\n')}\r\n\r\n`;

  /** Either politely or as a cable that is pulled. */
  const goAway = (socket: Socket, { random }: Repetition) =>
    random.next() < 0.5 ? socket.destroy() : socket.resetAndDestroy();

  /** The process has no more open than before; what ends by itself gets some time to. */
  const noLeak = async (before: number) => {
    const open = await until(
      () => openHandles(service.pid),
      (now) => now <= before,
    );
    expect(open).toBeLessThanOrEqual(before);
  };

  /** After some use, so that what is opened once and kept is open. */
  const handles = async () => {
    for (let i = 0; i < 3; i += 1) await service.call('GET', backup, undefined, { connection: 'close' });
    await sleep(200);
    return openHandles(service.pid);
  };

  test('of a download: no handle stays open', async () => {
    const { body } = await service.call('POST', backup, {});
    const before = await handles();
    await repeat(repetitions(20, 200), async (turn) => {
      const socket = await say(head('GET', `${backup}/${body.filename}/download`));
      if (turn.random.next() < 0.8) await new Promise((resolve) => socket.once('data', resolve));
      if (turn.random.next() < 0.5) socket.pause();
      await sleep(turn.random.between(0, 10));
      goAway(socket, turn);
      return 'gone';
    });
    await noLeak(before);
    expect((await service.call('GET', backup)).body.total).toBe(1);
  }, 120_000);

  test('of a POST of a backup: the backup ends, and is there', async () => {
    await service.call('POST', backup, {});
    const before = await handles();
    const count = async (): Promise<number> => (await service.call('GET', backup)).body.total;
    const times = repetitions(5, 25);
    const begun = await count();
    await repeat(times, async (turn) => {
      const socket = await say(
        `${head('POST', backup, 'Content-Type: application/json', 'Content-Length: 2')}{}`,
      );
      await sleep(turn.random.between(30, 150));
      goAway(socket, turn);
      return 'gone';
    });
    expect(await until(count, (now) => now >= begun + times, 100)).toBe(begun + times);
    await noLeak(before);
    expect(await filesBelow(service.workFolder)).toEqual({});
  }, 120_000);

  test('of a body that it sends: nothing begins, and no handle stays open', async () => {
    await service.call('POST', backup, {});
    const before = await handles();
    const files = await filesBelow(service.backups);
    await repeat(repetitions(20, 200), async (turn) => {
      const type = turn.random.pick(['application/json', 'multipart/form-data; boundary=x']);
      const length = turn.random.integer(100, 900_000);
      const path = turn.random.pick([backup, `${backup}/restore`, '/api/v1/projects/1/backup/upload']);
      const begin = head('POST', path, `Content-Type: ${type}`, `Content-Length: ${length}`);
      const socket = await say(`${begin}{"description":"${'x'.repeat(turn.random.integer(0, 60))}`);
      await sleep(turn.random.between(0, 10));
      goAway(socket, turn);
      return 'gone';
    });
    await noLeak(before);
    expect(await filesBelow(service.backups)).toEqual(files);
  }, 120_000);
});
