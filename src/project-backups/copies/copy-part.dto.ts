import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { RestorePartDto } from '../restore-part.dto.js';

/** What a copy can be told. */
export class CopyPartDto extends RestorePartDto {
  /** Mode `copy`: the name of the new project; the original's with " (copy)" if left out. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @Matches(/\S/, { message: 'name must not be empty' })
  name?: string;

  /** Mode `copy`: the key of the new project; found where keys are numbers or UUIDs, needed where they are other texts. */
  @IsOptional()
  @IsString()
  @MaxLength(190)
  @Matches(/\S/, { message: 'project_id must not be empty' })
  project_id?: string;

  /** Mode `copy`: by `table.column`, how texts change that may be there only once. */
  @ApiProperty({
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { prefix: { type: 'string' }, suffix: { type: 'string' } },
    },
    example: { 'areas.code': { suffix: '-copy' } },
  })
  @IsOptional()
  @IsObject()
  rename?: Record<string, unknown>;
}
