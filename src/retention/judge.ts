import { DateTime, Duration } from 'luxon';
import { formatBytes } from '../common/sizes.js';
import { periodRules } from './periods.js';
import type { Candidate } from './plan.js';
import type { Policy } from './policy.js';

/** What one policy says of one backup, as reasons. With neither it says nothing. */
export interface Verdict {
  keeps: string[];
  drops: string[];
}

/** What a policy says of each backup that it covers, by id. `counted`: the good ones, newest first. */
export function judge(policy: Policy, counted: readonly Candidate[], now: Date): Map<string, Verdict> {
  const judgement = new Judgement(policy, counted);
  judgement.newest();
  judgement.periods();
  judgement.within();
  // After all that keep, and before what keeps beyond it.
  judgement.total();
  judgement.young(now);
  return judgement.verdicts;
}

class Judgement {
  readonly verdicts: Map<string, Verdict>;
  readonly #covered: readonly Candidate[];
  readonly #by: string;

  constructor(
    private readonly policy: Policy,
    counted: readonly Candidate[],
  ) {
    this.#covered = counted.filter(({ method }) => policy.covers === 'all' || method === 'manual');
    this.verdicts = new Map(this.#covered.map(({ id }) => [id, { keeps: [], drops: [] }]));
    this.#by = policy.name === null ? '' : `, by ${policy.name}`;
  }

  newest(): void {
    const { keepNewest } = this.policy.rules;
    if (keepNewest === undefined) return;
    this.#covered.forEach((candidate, index) => {
      if (index < keepNewest) this.#keep(candidate, `newest ${index + 1} of ${keepNewest}`);
      else this.#drop(candidate, `older than the newest ${keepNewest}`);
    });
  }

  periods(): void {
    const { rules, zone } = this.policy;
    for (const { name, count, keyOf } of periodRules(rules)) {
      const seen = new Set<string>();
      for (const candidate of this.#covered) {
        if (seen.size === count) break;
        const key = keyOf(DateTime.fromJSDate(candidate.createdAt, { zone }));
        if (seen.has(key)) continue;
        seen.add(key);
        this.#keep(candidate, `${name} ${seen.size} of ${count} (${key})`);
      }
    }
  }

  within(): void {
    const { keepWithin } = this.policy.rules;
    const [latest] = this.#covered;
    if (keepWithin === undefined || !latest) return;
    const limit = this.#before(latest.createdAt, keepWithin);
    for (const candidate of this.#covered) {
      if (candidate.createdAt >= limit) this.#keep(candidate, `within ${keepWithin} of the newest`);
    }
  }

  /** From the first that is too much on, the policy keeps nothing older. */
  total(): void {
    const { maxTotalBytes, keepWithin, keepNewest } = this.policy.rules;
    if (maxTotalBytes === undefined) return;
    const isOnlyRule =
      keepNewest === undefined && keepWithin === undefined && periodRules(this.policy.rules).length === 0;
    let total = 0;
    for (const candidate of this.#covered) {
      const verdict = this.verdicts.get(candidate.id);
      if (!isOnlyRule && verdict?.keeps.length === 0) continue;
      total += candidate.bytes;
      if (verdict && total > maxTotalBytes) {
        verdict.keeps = [];
        this.#drop(candidate, `beyond ${formatBytes(maxTotalBytes)} in all`);
      } else if (isOnlyRule) this.#keep(candidate, `within ${formatBytes(maxTotalBytes)} in all`);
    }
  }

  young(now: Date): void {
    const { minAge } = this.policy.rules;
    if (minAge === undefined) return;
    const limit = this.#before(now, minAge);
    for (const candidate of this.#covered) {
      if (candidate.createdAt > limit) this.#keep(candidate, `younger than ${minAge}`);
    }
  }

  #keep({ id }: Candidate, reason: string): void {
    this.verdicts.get(id)?.keeps.push(reason + this.#by);
  }

  #drop({ id }: Candidate, reason: string): void {
    this.verdicts.get(id)?.drops.push(reason + this.#by);
  }

  /** Days and months are those of the policy's zone. */
  #before(instant: Date, duration: string): Date {
    const { zone } = this.policy;
    return DateTime.fromJSDate(instant, { zone }).minus(Duration.fromISO(duration)).toJSDate();
  }
}
