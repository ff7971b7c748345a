import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is what things come to by themselves, and gives it. Slow machines get a minute; the last answer
 * is given then, so that an assertion says what is wrong with it.
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  isIt: (answer: T) => unknown = Boolean,
  everyMs = 25,
): Promise<T> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isIt(answer) || performance.now() > deadline) return answer;
    await sleep(everyMs);
  }
}
