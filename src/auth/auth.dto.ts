import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsNotEmpty, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import { Omittable } from '../common/http/validation.js';
import { userRoles } from '../users/users.types.js';
import type { UserRole } from './auth.types.js';
import { CallerProjectDto } from './caller-project.dto.js';

export class LoginDto {
  @IsString()
  @MaxLength(320)
  email!: string;

  @IsString()
  @MaxLength(1000)
  password!: string;
}

export class AccessTokenDto {
  access_token!: string;
  token_type!: 'Bearer';
  /** Seconds. */
  expires_in!: number;
}

export class ChangePasswordDto {
  @IsString()
  @MaxLength(1000)
  current_password!: string;

  /** 8 to 1000 characters. */
  @IsString()
  @Length(8, 1000)
  new_password!: string;
}

export class MeDto {
  id!: number;
  email!: string;
  name!: string;
  role!: UserRole;
  /** At most 200; `GET /api/v1/projects` has all. */
  projects!: CallerProjectDto[];
}

export class CreateApiTokenDto {
  /** What the token is for. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(190)
  name!: string;

  /** The most that the token may; the caller's own role if left out, and never more than that. */
  @Omittable()
  @IsIn(userRoles)
  role?: UserRole;

  /** Days until the token ends. */
  @ApiPropertyOptional({ type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(3650)
  expires_in_days: number = 365;
}

export class ApiTokenDto {
  id!: number;
  name!: string;
  role!: UserRole;
  /** ISO 8601 with offset. */
  created_at!: string;
  expires_at!: string | null;
  last_used_at!: string | null;
}

export class NewApiTokenDto extends ApiTokenDto {
  /** The token itself; it is shown this once. */
  token!: string;
}

export class ApiTokenListDto {
  tokens!: ApiTokenDto[];
  total!: number;
}
