import {
  type Damage,
  reaches,
  type VerificationLevel,
  verificationLevels,
  type Verdict,
} from '../catalog/catalog.types.js';

/** What one verification came to. */
export interface Outcome {
  /** The highest level that held; null when not even the file did. */
  reached: VerificationLevel | null;
  /** Set when what came next found the backup damaged, and not merely could not be done. */
  damage: Damage | null;
  at: Date;
}

export function levelsUpTo(level: VerificationLevel): readonly VerificationLevel[] {
  return verificationLevels.slice(0, verificationLevels.indexOf(level) + 1);
}

/**
 * What the catalogue shall say after a verification. Damage is believed at once. A level once proven stays, with the
 * time of its proof, when a lower one is looked at later; damage goes only when the level at which it was found holds.
 */
export function verdictAfter(before: Verdict, { reached, damage, at }: Outcome): Verdict {
  if (damage) return { verifiedLevel: reached, verifiedAt: reached && at, damage };
  const { verifiedLevel, verifiedAt } = before;
  const cured = before.damage === null || reaches(reached, before.damage.level);
  const proven = reached !== null && (verifiedLevel === null || reaches(reached, verifiedLevel));
  return {
    ...(proven ? { verifiedLevel: reached, verifiedAt: at } : { verifiedLevel, verifiedAt }),
    damage: cured ? null : before.damage,
  };
}
