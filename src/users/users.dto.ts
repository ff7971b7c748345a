import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsIn, IsNotEmpty, IsString, Length, MaxLength } from 'class-validator';
import { Omittable } from '../common/http/validation.js';
import { type UserRole, userRoles } from './users.types.js';

export class CreateUserDto {
  @IsEmail()
  @MaxLength(190)
  email!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(190)
  name!: string;

  /** 8 to 1000 characters. */
  @IsString()
  @Length(8, 1000)
  password!: string;

  @ApiPropertyOptional()
  @IsIn(userRoles)
  role: UserRole = 'user';
}

export class ChangeUserDto {
  @Omittable()
  @IsEmail()
  @MaxLength(190)
  email?: string;

  @Omittable()
  @IsString()
  @IsNotEmpty()
  @MaxLength(190)
  name?: string;

  /** 8 to 1000 characters. */
  @Omittable()
  @IsString()
  @Length(8, 1000)
  password?: string;

  @Omittable()
  @IsIn(userRoles)
  role?: UserRole;
}

/** A user, without anything secret. */
export class UserDto {
  id!: number;
  email!: string;
  name!: string;
  role!: UserRole;
  /** ISO 8601 with offset. */
  created_at!: string;
  updated_at!: string;
}

export class UserListDto {
  users!: UserDto[];
  total!: number;
}
