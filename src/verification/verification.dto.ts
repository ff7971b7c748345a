import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { type Damage, type VerificationLevel, verificationLevels } from '../catalog/catalog.types.js';
import { wallTime } from '../common/timestamps.js';
import type { VerificationReport } from './verification.types.js';

export class VerifyBackupDto {
  /** stored, readable or restorable (the default); each holds those before it. */
  @IsOptional()
  @IsIn(verificationLevels)
  level?: VerificationLevel;

  /** Reads every copy in other places to its end, too; no key is needed. One that is not what was stored is made anew. */
  @IsOptional()
  @IsBoolean()
  copies?: boolean;
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

  /** A check of the backup itself that fails is no answer but an error; that of a copy is none of its own. */
  static of({ backup, level, verifiedAt, checks }: VerificationReport, zone: string): VerifiedDto {
    return {
      success: true,
      message: `The backup ${backup.filename} is ${level}.`,
      verification: {
        filename: backup.filename,
        level,
        verified_at: wallTime(verifiedAt, zone),
        checks: checks.map(({ name, detail, ok = true }) => ({ name, ok, detail })),
      },
    };
  }
}
