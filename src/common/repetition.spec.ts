import { Repetition } from './repetition.js';

describe('Work that repeats', () => {
  it('goes on after a failure, never overlaps, and is over when it was stopped', async () => {
    let running = 0;
    let runs = 0;
    const failures: unknown[] = [];
    let thirdRun = () => {};
    const seen = new Promise<void>((resolve) => (thirdRun = resolve));
    const repetition = new Repetition(
      async () => {
        runs += 1;
        running += 1;
        expect(running).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running -= 1;
        if (runs === 3) thirdRun();
        if (runs === 1) throw new Error('once');
      },
      1,
      (error) => failures.push(error),
    );
    repetition.start();
    await seen;
    await repetition.stop();
    const atStop = runs;
    expect(running).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(runs).toBe(atStop);
    expect(failures).toEqual([expect.objectContaining({ message: 'once' })]);
  });
});
