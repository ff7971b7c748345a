import type { VerificationLevel } from '../catalog/catalog.types.js';

/** What retention needs to know of a backup. `ordinal` is the order in time: newer is larger. */
export interface Candidate {
  id: string;
  ordinal: number;
  /** What its file is worth; null: nobody knows. Only `readable` and better count. */
  level: VerificationLevel | null;
  /** Why it is worth nothing, whatever its level once was. */
  fault: 'damaged' | 'missing' | null;
  /** Not made through this catalogue, and not accepted since. */
  found: boolean;
  pinned: boolean;
  /** Of the undo of a restore; null: an ordinary backup. */
  keepUntil: Date | null;
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

const faults = {
  damaged: 'damaged: does not count and is not removed',
  missing: 'its file is missing: does not count and is not removed',
};

/**
 * Decides, and does nothing else (invariant 4; the idea is restic's and kopia's). Never removes the newest good backup,
 * the newest that was restored in a rehearsal, a pinned one, one in use, one whose copy is under way, or one that is not
 * good: that one is evidence, and nothing is won by counting it. The undo of a restore does not count, and goes when its
 * time is over. Returns a decision for each candidate, newest first.
 */
export function plan(candidates: readonly Candidate[], policy: Policy, now: Date): Decision[] {
  const keepNewest = Math.max(1, policy.keepNewest);
  const newestFirst = [...candidates].sort((a, b) => b.ordinal - a.ordinal);
  const restorable = newestFirst.find((candidate) => isGood(candidate) && candidate.level === 'restorable');
  const newestGood = newestFirst.find((candidate) => isGood(candidate));
  let counted = 0;
  return newestFirst.map((candidate) => {
    const { id } = candidate;
    const keep = (reason: string): Decision => ({ id, action: 'keep', reason });
    if (candidate.fault !== null) return keep(faults[candidate.fault]);
    if (candidate.found)
      return keep('found in the folder: does not count and is not removed until it is accepted');
    if (!isReadable(candidate)) return keep('not verified: does not count and is not removed');
    const { keepUntil } = candidate;
    if (keepUntil && keepUntil > now) return keep(`the undo of a restore until ${keepUntil.toISOString()}`);
    if (!keepUntil) counted += 1;
    if (!keepUntil && counted <= keepNewest) return keep(`newest ${counted} of ${keepNewest}`);
    if (candidate === newestGood) return keep('newest that is good');
    if (candidate === restorable) return keep('newest that is restorable');
    if (candidate.pinned) return keep('pinned');
    if (candidate.inUse) return keep('in use');
    if (candidate.copying) return keep('a copy of it is being made');
    const reason = keepUntil
      ? 'the undo of a restore, whose time is over'
      : `older than the newest ${keepNewest}`;
    return { id, action: 'remove', reason };
  });
}

function isGood(candidate: Candidate): boolean {
  return candidate.fault === null && !candidate.found && isReadable(candidate);
}

function isReadable({ level }: Candidate): boolean {
  return level === 'readable' || level === 'restorable';
}
