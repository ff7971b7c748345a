import { ApiProperty } from '@nestjs/swagger';
import type { ProjectRole } from './auth.types.js';

/** A project that the caller may see. */
export class CallerProjectDto {
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }] })
  id!: number | string;

  name!: string;

  /** The caller's role in it. */
  role!: ProjectRole;
}
