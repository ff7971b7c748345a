import { expect } from '@jest/globals';
import { appendFileSync } from 'node:fs';
import { SeededRandom } from './random.js';

/** What one repetition was: words that are counted, such as the phase that was hit and `old` or `new`. */
export type Outcome = string | readonly string[];

export interface Repetition {
  random: SeededRandom;
  /** From 0. */
  index: number;
}

/** A line of the report that scripts/test-faults.mjs makes its table of. */
export interface Record {
  test: string;
  repetitions: number;
  seed: number;
  outcomes: { [word: string]: number };
}

/**
 * How often a row is repeated: `short` in `npm test`; in the long form `HOLDFAST_FAULT_REPETITIONS`, or its share
 * `long / 50` where a row needs fewer.
 */
export function repetitions(short: number, long = 50): number {
  const wanted = Number(process.env['HOLDFAST_FAULT_REPETITIONS'] ?? 0);
  return wanted > 0 ? Math.max(1, Math.ceil((wanted * long) / 50)) : short;
}

/** Provokes a fault again and again. A failure says in which repetition, and the seed with which it comes again. */
export async function repeat(
  times: number,
  provoke: (repetition: Repetition) => Promise<Outcome>,
): Promise<void> {
  const random = SeededRandom.fromEnvironment();
  const outcomes: Record['outcomes'] = {};
  const begin = performance.now();
  for (let index = 0; index < times; index += 1) {
    let outcome: Outcome;
    try {
      outcome = await provoke({ random, index });
    } catch (error) {
      const place = `repetition ${index + 1} of ${times}, HOLDFAST_FAULT_SEED=${random.seed}`;
      if (error instanceof Error) error.message = `${place}\n${error.message}`;
      throw error;
    }
    for (const word of [outcome].flat() as string[]) outcomes[word] = (outcomes[word] ?? 0) + 1;
  }
  report({ test: testName(), repetitions: times, seed: random.seed, outcomes }, performance.now() - begin);
}

function report(record: Record, durationMs: number): void {
  const counted = Object.entries(record.outcomes)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
  const each = (durationMs / record.repetitions / 1000).toFixed(1);
  process.stdout.write(
    `  ${record.test}: ${record.repetitions} times, ${each} s each, seed ${record.seed}: ${counted}\n`,
  );
  const file = process.env['HOLDFAST_FAULT_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify(record)}\n`);
}

function testName(): string {
  return expect.getState().currentTestName ?? 'no test';
}
