import { IsIn, IsOptional } from 'class-validator';
import { type Damage, type VerificationLevel, verificationLevels } from '../catalog/catalog.types.js';
import { wallTime } from '../common/timestamps.js';
import type { VerificationReport } from './verification.types.js';

export class VerifyBackupDto {
  /** stored, readable or restorable (the default); each holds those before it. */
  @IsOptional()
  @IsIn(verificationLevels)
  level?: VerificationLevel;
}

/** What a verification found wrong with a backup. */
export class DamageDto {
  code!: string;
  detail!: string;
  /** the level that it did not reach */
  level!: string;
  at!: string;

  static of(damage: Damage | null, zone: string): DamageDto | null {
    return damage && { ...damage, at: wallTime(new Date(damage.at), zone) };
  }
}

export class CheckDto {
  name!: string;
  ok!: boolean;
  detail!: string;
}

export class VerificationDto {
  filename!: string;
  level!: string;
  /** in the configured time zone */
  verified_at!: string;
  checks!: CheckDto[];
}

export class VerifiedDto {
  success!: boolean;
  message!: string;
  verification!: VerificationDto;

  /** A check that fails is no answer but an error. */
  static of({ backup, level, verifiedAt, checks }: VerificationReport, zone: string): VerifiedDto {
    return {
      success: true,
      message: `The backup ${backup.filename} is ${level}.`,
      verification: {
        filename: backup.filename,
        level,
        verified_at: wallTime(verifiedAt, zone),
        checks: checks.map(({ name, detail }) => ({ name, ok: true, detail })),
      },
    };
  }
}
