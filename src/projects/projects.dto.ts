import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsIn, IsInt, Min } from 'class-validator';
import { type ProjectRole, projectRoles } from '../auth/auth.types.js';
import { CallerProjectDto } from '../auth/caller-project.dto.js';
import { Omittable } from '../common/http/validation.js';

export class ProjectListDto {
  projects!: CallerProjectDto[];
  total!: number;
}

export class MemberDto {
  user_id!: number;
  email!: string;
  name!: string;
  role!: ProjectRole;
}

export class MemberListDto {
  members!: MemberDto[];
  total!: number;

  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }] })
  project_id!: number | string;
}

export class SetMemberRoleDto {
  @IsIn(projectRoles)
  role!: ProjectRole;
}

/** Names the user by `email` or by `user_id`, one of the two. */
export class SetMemberDto extends SetMemberRoleDto {
  @Omittable()
  @IsEmail()
  email?: string;

  @Omittable()
  @IsInt()
  @Min(1)
  user_id?: number;
}
