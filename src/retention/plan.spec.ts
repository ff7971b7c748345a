import { type Candidate, plan } from './plan.js';

const backup = (ordinal: number, more: Partial<Candidate> = {}): Candidate => ({
  id: String(ordinal),
  ordinal,
  good: true,
  found: false,
  pinned: false,
  inUse: false,
  copying: false,
  ...more,
});
const removed = (candidates: Candidate[], keepNewest: number) =>
  plan(candidates, { keepNewest })
    .filter(({ action }) => action === 'remove')
    .map(({ id }) => id);

describe('the retention plan', () => {
  it('neither counts nor removes what was found in the folder', () => {
    const candidates = [backup(1), backup(2, { found: true }), backup(3), backup(4, { found: true })];
    expect(removed(candidates, 1)).toEqual(['1']);
  });

  it('keeps the newest N and removes the rest', () => {
    expect(removed([backup(1), backup(2), backup(3), backup(4)], 2)).toEqual(['2', '1']);
  });

  it('goes by the order in which backups were made, not by the order of the list', () => {
    expect(removed([backup(3), backup(1), backup(2)], 1)).toEqual(['2', '1']);
  });

  it('removes nothing while there are no more than N', () => {
    expect(removed([backup(1), backup(2)], 2)).toEqual([]);
  });

  it('never removes the newest good backup, whatever the policy says', () => {
    expect(removed([backup(1), backup(2)], 0)).toEqual(['1']);
    expect(removed([backup(1), backup(2, { good: false })], 0)).toEqual([]);
  });

  it('counts only good backups', () => {
    const failedOnes = [backup(4, { good: false }), backup(5, { good: false })];
    expect(removed([backup(1), backup(2), backup(3), ...failedOnes], 3)).toEqual([]);
  });

  it('keeps what is pinned, in use or being copied', () => {
    const old = [backup(1, { pinned: true }), backup(2, { inUse: true }), backup(3, { copying: true })];
    expect(removed([...old, backup(4), backup(5)], 1)).toEqual(['4']);
  });

  it('gives a reason for every decision', () => {
    const decisions = plan([backup(1), backup(2), backup(3, { good: false })], { keepNewest: 1 });
    expect(decisions).toEqual([
      { id: '3', action: 'keep', reason: 'not good: does not count and is not removed' },
      { id: '2', action: 'keep', reason: 'newest 1 of 1' },
      { id: '1', action: 'remove', reason: 'older than the newest 1' },
    ]);
  });
});
