import { setTimeout as sleep } from 'node:timers/promises';
import { mapAtOnce } from './at-once.js';

async function* numbers(count: number) {
  for (let number = 0; number < count; number += 1) yield number;
}

describe('work at once', () => {
  it('keeps the order, and no more under way than it may', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    for await (const number of mapAtOnce(numbers(20), 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await sleep((item * 7) % 5);
      running -= 1;
      return item;
    }))
      done.push(number);
    expect(done).toEqual([...Array(20).keys()]);
    expect(most).toBe(3);
  });

  it('throws what one threw, after the others have ended', async () => {
    let running = 0;
    const all = (async () => {
      for await (const item of mapAtOnce(numbers(20), 4, async (item) => {
        running += 1;
        await sleep(item === 2 ? 0 : 5);
        running -= 1;
        if (item === 2) throw new Error('the third');
        return item;
      }))
        expect(item).toBeLessThan(2);
    })();
    await expect(all).rejects.toThrow('the third');
    expect(running).toBe(0);
  });
});
