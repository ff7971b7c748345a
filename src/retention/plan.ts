import type { BackupMethod, VerificationLevel } from '../catalog/catalog.types.js';
import { judge, type Verdict } from './judge.js';
import type { Policy } from './policy.js';

/** What retention needs to know of a backup. `ordinal` is the order in time: newer is larger. */
export interface Candidate {
  id: string;
  ordinal: number;
  createdAt: Date;
  bytes: number;
  method: BackupMethod;
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
  /** Whether a good copy is kept in another place, and whether that is all there is of it. */
  copied: 'no' | 'also' | 'only';
}

export interface Decision {
  id: string;
  /** `release`: the file in the backup folder goes, the copies stay. */
  action: 'keep' | 'release' | 'remove';
  /** All of them, as words for people; at least one. */
  reasons: string[];
}

const faults = {
  damaged: 'damaged: does not count and is not removed',
  missing: 'its file is missing: does not count and is not removed',
};

/**
 * Decides, and does nothing else (invariant 4; the idea is restic's and kopia's). A backup is kept when any policy keeps
 * it. Never removes the newest good backup, the newest that was restored in a rehearsal, a pinned one, one in use, one
 * whose copy is under way, or one that is not good: that one is evidence, and nothing is won by counting it. The undo of
 * a restore does not count, and goes when its time is over. Copies in other places that are kept for a time of their own stay
 * when the file goes; a backup that is nothing but such copies does not count, and goes when that time is over. Returns a
 * decision for each candidate, newest first.
 *
 * @param copiesKeptMs how long copies are kept from the backup's beginning; null: as long as the backup
 */
export function plan(
  candidates: readonly Candidate[],
  policies: readonly Policy[],
  now: Date,
  copiesKeptMs: number | null = null,
): Decision[] {
  const newestFirst = [...candidates].sort((a, b) => b.ordinal - a.ordinal);
  const good = newestFirst.filter((candidate) => whyUncounted(candidate) === null);
  const restorable = good.find(({ level }) => level === 'restorable');
  const isOutOfCount = ({ copied }: Candidate) => copiesKeptMs !== null && copied === 'only';
  const counted = good.filter((candidate) => candidate.keepUntil === null && !isOutOfCount(candidate));
  const verdicts = policies.map((policy) => judge(policy, counted, now));
  return newestFirst.map((candidate) => {
    const { id, keepUntil } = candidate;
    const uncounted = whyUncounted(candidate);
    if (uncounted !== null) return { id, action: 'keep', reasons: [uncounted] };
    const own = verdicts.flatMap((verdict) => verdict.get(id) ?? []);
    const keeps = own.flatMap((verdict) => verdict.keeps);
    if (keepUntil && keepUntil > now) keeps.push(`the undo of a restore until ${keepUntil.toISOString()}`);
    if (candidate === good[0]) keeps.push('newest that is good');
    if (candidate === restorable) keeps.push('newest that is restorable');
    if (candidate.pinned) keeps.push('pinned');
    if (candidate.inUse) keeps.push('in use');
    if (candidate.copying) keeps.push('a copy of it is being made');
    const copiesStay = whyCopiesStay(candidate, copiesKeptMs, now);
    if (copiesStay && isOutOfCount(candidate)) keeps.push(copiesStay);
    if (keeps.length > 0) return { id, action: 'keep', reasons: keeps };
    const reasons = isOutOfCount(candidate) ? ['the time of its copies is over'] : whyRemoved(candidate, own);
    return copiesStay
      ? { id, action: 'release', reasons: [...reasons, copiesStay] }
      : { id, action: 'remove', reasons };
  });
}

/** Why a backup neither counts nor is removed; null for a good one. */
function whyUncounted({ fault, found, level }: Candidate): string | null {
  if (fault !== null) return faults[fault];
  if (found) return 'found in the folder: does not count and is not removed until it is accepted';
  if (level !== 'readable' && level !== 'restorable')
    return 'not verified: does not count and is not removed';
  return null;
}

function whyCopiesStay({ copied, createdAt }: Candidate, keptMs: number | null, now: Date): string | null {
  if (copied === 'no' || keptMs === null) return null;
  const until = new Date(createdAt.getTime() + keptMs);
  return until > now ? `its copies elsewhere are kept until ${until.toISOString()}` : null;
}

function whyRemoved({ keepUntil }: Candidate, verdicts: readonly Verdict[]): string[] {
  if (keepUntil) return ['the undo of a restore, whose time is over'];
  const said = verdicts.flatMap(({ drops }) => drops);
  return said.length > 0 ? said : ['no policy keeps it'];
}
