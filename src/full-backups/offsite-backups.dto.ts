import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';

/** Section 5 of the HTTP contract writes its names in one word. */
export class CreateOffsiteBackupDto {
  /** A note for people. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  description?: string | null;

  /** Takes the files of the configured document folders along; true if left out. */
  @IsOptional()
  @IsBoolean()
  includeDocuments?: boolean;
}

export class OffsiteBackupDto {
  backupId!: string;
  filename!: string;
  /** bytes */
  size!: number;
  /** where its first good copy is; null while there is none */
  offsiteUrl!: string | null;
  /** the same, if that place is Cloudinary */
  cloudinaryUrl!: string | null;
  /** ISO 8601 */
  createdAt!: string;
  description!: string | null;
}

export class PlaceStatsDto {
  /** bytes */
  totalSize!: number;
  count!: number;
}

export class OffsiteBackupListDto {
  backups!: OffsiteBackupDto[];
  total!: number;
  /** the good copies in all places */
  storageStats!: PlaceStatsDto;
  /** those of them in Cloudinary */
  cloudinaryStats!: PlaceStatsDto;
}
