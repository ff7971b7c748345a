import { setTimeout as sleep } from 'node:timers/promises';
import { StallGuard } from './stall.js';

describe('the limit on lack of progress', () => {
  const watched = (limitMs: number) => {
    const guard = new StallGuard('The dump', limitMs);
    guard.resume();
    const failed = new Promise<Error>((resolve) => guard.once('error', resolve));
    return { guard, failed };
  };

  it('fails a stream that stands still', async () => {
    const { guard, failed } = watched(20);
    guard.begin();
    expect(await failed).toMatchObject({ code: 'dump-failed' });
  });

  it('lets a stream go on for as long as bytes come', async () => {
    const { guard } = watched(1_000);
    guard.begin();
    for (let i = 0; i < 10; i += 1) {
      guard.write('x');
      await sleep(150);
    }
    expect(guard.destroyed).toBe(false);
    guard.destroy();
  });

  it('does not watch before somebody is to deliver, nor afterwards', async () => {
    const { guard } = watched(10);
    await sleep(30);
    guard.begin();
    guard.rest();
    await sleep(30);
    expect(guard.destroyed).toBe(false);
    guard.destroy();
  });
});
