import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Max, Min } from 'class-validator';

export class LinkQuery {
  /** Seconds until the link ends: a minute to a day. A download that has begun by then may go on. */
  @ApiProperty({ type: 'integer', required: false, minimum: 60, maximum: 86_400, default: 900 })
  @Type(() => Number)
  @IsInt()
  @Min(60)
  @Max(86_400)
  expires_in: number = 900;

  /** For one whole download. */
  @ApiProperty({ enum: ['true', 'false'], required: false, default: 'false' })
  @IsIn(['true', 'false'])
  single_use: 'true' | 'false' = 'false';
}

export class ArchiveDto {
  /** Works without a header, for whoever has it. */
  download_url!: string;
  expires_at!: string;
  single_use!: boolean;
  /** names it in the list of links */
  link_id!: string;
}

export class DownloadLinkDto {
  id!: string;
  created_at!: string;
  created_by_name!: string;
  expires_at!: string;
  single_use!: boolean;
}

export class DownloadLinkListDto {
  links!: DownloadLinkDto[];
  total!: number;
}

export class RevokedLinksDto {
  success!: boolean;
  message!: string;
  revoked!: number;
}
