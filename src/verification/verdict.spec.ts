import type { Damage, VerificationLevel, Verdict } from '../catalog/catalog.types.js';
import { levelsUpTo, verdictAfter } from './verdict.js';

const then = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-02-01T00:00:00Z');
const damageAt = (level: VerificationLevel): Damage => ({
  code: 'artefact-damaged',
  detail: 'It is damaged.',
  level,
  at: now.toISOString(),
});
const never: Verdict = { verifiedLevel: null, verifiedAt: null, damage: null };
const once = (verifiedLevel: VerificationLevel): Verdict => ({ ...never, verifiedLevel, verifiedAt: then });
const reached = (level: VerificationLevel | null) => ({ reached: level, damage: null, at: now });

describe('the verdict on a backup', () => {
  it('goes through the levels in order', () => {
    expect(levelsUpTo('stored')).toEqual(['stored']);
    expect(levelsUpTo('restorable')).toEqual(['stored', 'readable', 'restorable']);
  });

  it('is the level that was reached', () => {
    expect(verdictAfter(never, reached('readable'))).toEqual({ ...once('readable'), verifiedAt: now });
    expect(verdictAfter(once('stored'), reached('restorable'))).toEqual({
      ...once('restorable'),
      verifiedAt: now,
    });
  });

  it('keeps a higher level with the time of its proof', () => {
    expect(verdictAfter(once('restorable'), reached('stored'))).toEqual(once('restorable'));
  });

  it('is renewed when the same level is reached again', () => {
    expect(verdictAfter(once('readable'), reached('readable')).verifiedAt).toEqual(now);
  });

  it('stays as it was when nothing could be found out', () => {
    expect(verdictAfter(once('readable'), reached(null))).toEqual(once('readable'));
  });

  it('believes damage at once, and takes back what it contradicts', () => {
    const damage = damageAt('readable');
    expect(verdictAfter(once('restorable'), { reached: 'stored', damage, at: now })).toEqual({
      verifiedLevel: 'stored',
      verifiedAt: now,
      damage,
    });
    const lost = damageAt('stored');
    expect(verdictAfter(once('restorable'), { reached: null, damage: lost, at: now })).toEqual({
      ...never,
      damage: lost,
    });
  });

  it('forgets damage only when the level at which it was found holds', () => {
    const before = { ...once('stored'), damage: damageAt('readable') };
    expect(verdictAfter(before, reached('stored')).damage).toEqual(before.damage);
    expect(verdictAfter(before, reached('readable')).damage).toBeNull();
    expect(verdictAfter(before, reached(null)).damage).toEqual(before.damage);
  });
});
