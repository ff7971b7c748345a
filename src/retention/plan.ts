/** What retention needs to know of a backup. `ordinal` is the order in time: newer is larger. */
export interface Candidate {
  id: string;
  ordinal: number;
  /** Finished and not known to be damaged; only good ones count. */
  good: boolean;
  /** Not made through this catalogue, and not accepted since. */
  found: boolean;
  pinned: boolean;
  /** Being restored, verified or downloaded. */
  inUse: boolean;
  /** A copy elsewhere is still being made from it. */
  copying: boolean;
}

export interface Policy {
  /** Newest N good ones are kept; at least 1. */
  keepNewest: number;
}

export interface Decision {
  id: string;
  action: 'keep' | 'remove';
  reason: string;
}

/**
 * Decides, and does nothing else (invariant 4; the idea is restic's and kopia's). Never removes the newest good backup,
 * a pinned one, one in use, one whose copy is under way, or one that is not good: that one is evidence, and nothing is
 * won by counting it. Returns a decision for each candidate, newest first.
 */
export function plan(candidates: readonly Candidate[], policy: Policy): Decision[] {
  const keepNewest = Math.max(1, policy.keepNewest);
  let counted = 0;
  return [...candidates]
    .sort((a, b) => b.ordinal - a.ordinal)
    .map((candidate) => {
      const { id } = candidate;
      const keep = (reason: string): Decision => ({ id, action: 'keep', reason });
      if (!candidate.good) return keep('not good: does not count and is not removed');
      if (candidate.found)
        return keep('found in the folder: does not count and is not removed until it is accepted');
      counted += 1;
      if (counted <= keepNewest) return keep(`newest ${counted} of ${keepNewest}`);
      if (candidate.pinned) return keep('pinned');
      if (candidate.inUse) return keep('in use');
      if (candidate.copying) return keep('a copy of it is being made');
      return { id, action: 'remove', reason: `older than the newest ${keepNewest}` };
    });
}
