import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteTarget, type Target } from '../../factories/target.js';
import { MortalService } from '../kit/mortal-service.js';
import { peakMemory, procHindrance } from '../kit/processes.js';
import { repeat, repetitions } from '../kit/repeat.js';
import { openFilesLimit } from '../kit/limits.js';

const mostMemory = 400 * 1024 * 1024;
const login = '/api/v1/auth/login';

describe('Row 24: a service under load', () => {
  let target: Target;
  let service: MortalService;

  beforeEach(async () => {
    target = await sqliteTarget();
    await target.run('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_AUTH: 'required' });
  });
  afterEach(async () => {
    await service.remove();
    await target.drop();
  });

  const answers = async () => {
    const { status } = await fetch(`${service.url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
    return status === 200;
  };

  const mustBeWell = async () => {
    expect(await answers()).toBe(true);
    if (procHindrance === null) expect(peakMemory(service.pid)).toBeLessThan(mostMemory);
  };

  it('connections beyond number are turned away, and there is room again when they go', async () => {
    const wanted = 10_000;
    // Some of the limit is for the test itself; the service has the same limit of its own.
    const count = Math.min(wanted, openFilesLimit() - 500);
    await repeat(1, async () => {
      const { hostname, port } = new URL(service.url);
      const sockets: Socket[] = [];
      let refused = 0;
      for (let begun = 0; begun < count; begun += 250) {
        const batch = Array.from({ length: Math.min(250, count - begun) }, () =>
          createConnection({ host: hostname, port: Number(port) })
            .on('error', () => undefined)
            .on('close', () => (refused += 1)),
        );
        sockets.push(...batch);
        await Promise.all(
          batch.map(
            (socket) =>
              new Promise((resolve) => {
                socket.once('connect', resolve);
                socket.once('close', resolve);
              }),
          ),
        );
      }
      await sleep(500);
      const turnedAway = refused;
      for (const socket of sockets) socket.destroy();
      await sleep(500);
      await mustBeWell();
      return [`${count} connections`, turnedAway > 0 ? 'some turned away' : 'all taken'];
    });
  }, 120_000);

  it('a thousand requests at once are all answered', async () => {
    await repeat(repetitions(1, 5), async () => {
      const statuses = await Promise.all(
        Array.from({ length: 1_000 }, (_, at) =>
          fetch(service.url + (at % 2 ? '/api/v1/backup' : '/health/live')).then(({ status }) => status),
        ),
      );
      expect(new Set(statuses)).toEqual(new Set([200, 401]));
      await mustBeWell();
      return 'all answered';
    });
  }, 120_000);

  it('guessing of passwords is limited, and the limit says how long to wait', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        fetch(service.url + login, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email: 'somebody@holdfast.test', password: `guess ${at}` }),
        }),
      ),
    );
    const limited = guesses.filter(({ status }) => status === 429);
    expect(guesses.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(10);
    expect(limited.length).toBeGreaterThanOrEqual(50);
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    await mustBeWell();
  });

  it('huge bodies are refused without being kept', async () => {
    await repeat(repetitions(1, 5), async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, () =>
          fetch(service.url + login, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: Buffer.alloc(20 * 1024 * 1024, 0x20),
          }).then(
            ({ status }) => status,
            // The service need not read what it has refused.
            () => 413,
          ),
        ),
      );
      expect(new Set(results)).toEqual(new Set([413]));
      await mustBeWell();
      return 'refused';
    });
  }, 120_000);

  it('bodies that come too slowly and connections that say nothing are ended', async () => {
    const { hostname, port } = new URL(service.url);
    const open = (text: string) => {
      const socket = createConnection({ host: hostname, port: Number(port) }, () => socket.write(text));
      const ended = new Promise<void>((resolve) => {
        socket.on('error', () => undefined).on('close', () => resolve());
      });
      socket.resume();
      return ended;
    };
    const slow = `POST ${login} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    const all = ['', 'GET / HT', slow].flatMap((text) => Array.from({ length: 50 }, () => open(text)));
    await Promise.all(all);
    await mustBeWell();
  }, 90_000);
});
