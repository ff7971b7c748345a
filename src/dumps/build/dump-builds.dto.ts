import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsString, IsUUID, MaxLength } from 'class-validator';
import { Omittable } from '../../common/http/validation.js';

export class BuildDumpDto {
  /** A registered database; `default` if left out. */
  @Omittable()
  @IsString()
  @MaxLength(64)
  database?: string;

  /** A full backup of it; the newest good one if left out. */
  @Omittable()
  @IsUUID()
  backup_id?: string;

  /** Whether everybody may download it at once. Not, if left out. */
  @Omittable()
  @IsBoolean()
  public?: boolean;

  /** Instead of the policy of the database, for this one dump. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @Omittable()
  @IsObject()
  policy?: Record<string, unknown>;
}

const example = { customer: { id: 'keep', email: { mask: 'email' }, password: 'drop' } };

export class SetDumpPolicyDto {
  /**
   * By table and column: "keep", "drop" or {"mask":"null" | "hash" | "email" | "keep-length"}, {"mask":"text","text":...},
   * {"mask":"number","min":...,"max":...}. Tables and columns that it does not name are in no public dump.
   */
  @ApiProperty({ type: 'object', additionalProperties: true, example })
  @IsObject()
  tables!: Record<string, unknown>;
}

export class DumpPolicyDto {
  database!: string;
  /** null: nothing of the database may be public */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  policy!: Record<string, unknown> | null;
  /** catalogue, file (HOLDFAST_DUMP_POLICIES_FILE) or null */
  source!: string | null;
  updated_at!: string | null;
  updated_by_name!: string | null;
}

export class ColumnNameDto {
  table!: string;
  column!: string;
}

/** What the policy means for the tables of today. */
export class DumpOutlookDto {
  database!: string;
  /** columns of tables that the policy names, of which it says nothing; they are dropped */
  undecided!: ColumnNameDto[];
  /** tables that it does not name; they are left out */
  left_out!: string[];
  /** what it names and the database does not have */
  gone!: string[];
  /** why no dump can be built by it, as sentences */
  faults!: string[];
}
