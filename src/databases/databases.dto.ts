import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Omittable } from '../common/http/validation.js';
import { type ConnectionInput, givenEngines } from './connection-input.js';

/** By `url`, or by its parts. */
export class ConnectionDto implements ConnectionInput {
  /** mysql://user:password@host:3306/database, mariadb://..., postgres://..., sqlite:/path/of/the/file */
  @Omittable()
  @IsString()
  @Length(1, 4000)
  url?: string;

  @Omittable()
  @IsIn(givenEngines)
  engine?: (typeof givenEngines)[number];

  /** a name or an address, without a port */
  @Omittable()
  @Matches(/^[\w.:-]{1,253}$/, { message: 'host must be a host name or an IP address' })
  host?: string;

  @Omittable()
  @IsInt()
  @Min(1)
  @Max(65_535)
  port?: number;

  @Omittable()
  @IsString()
  @MaxLength(255)
  user?: string;

  /** Kept encrypted, and never shown. */
  @Omittable()
  @IsString()
  @MaxLength(1000)
  password?: string;

  @Omittable()
  @IsString()
  @MaxLength(64)
  database?: string;

  @Omittable()
  @IsBoolean()
  tls?: boolean;

  /** of PostgreSQL: whose tables projects live in; `public` if left out */
  @Omittable()
  @IsString()
  @Length(1, 63)
  schema?: string;

  /** of a SQLite file, on the machine of the service */
  @Omittable()
  @IsString()
  @MaxLength(4000)
  path?: string;
}

export class ChangeDatabaseDto extends ConnectionDto {
  /** The table whose rows are the projects. Null: as HOLDFAST_PROJECT_TABLE says. */
  @IsOptional()
  @IsString()
  @Length(1, 190)
  project_table?: string | null;

  /** How many of its newest backups are kept. Null: as HOLDFAST_MAX_BACKUPS says. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  max_backups?: number | null;

  /** The same of each project. Null: as HOLDFAST_MAX_PROJECT_BACKUPS says. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  max_project_backups?: number | null;
}

export class RegisterDatabaseDto extends ChangeDatabaseDto {
  /**
   * Part of routes and of the folders of its backups; cannot be changed. Letters, digits, - and _, at most 63. Names that
   * differ in upper and lower case only count as the same.
   */
  @Matches(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, {
    message:
      'name must begin with a letter or a digit and go on with letters, digits, - and _, at most 63 in all',
  })
  name!: string;
}

/** Without what it takes to connect to it. */
export class DatabaseDto {
  id!: string;
  name!: string;
  /** mysql, postgres or sqlite */
  engine!: string;
  max_backups!: number;
  max_project_backups!: number;
  /** the table whose rows are the projects */
  project_table!: string;
  /** ISO 8601; null for default, which the environment names */
  created_at!: string | null;
  updated_at!: string | null;
}

export class DatabaseListDto {
  databases!: DatabaseDto[];
  total!: number;
}

/** Where a database is, without the password. */
export class ShownConnectionDto {
  engine!: string;
  host?: string;
  port?: number;
  user?: string;
  database?: string;
  tls?: boolean;
  path?: string;
  has_password?: boolean;
}

export class DatabaseDetailsDto extends DatabaseDto {
  /** null when it cannot be opened: its key is missing */
  connection!: ShownConnectionDto | null;
  /** what is wrong with it, as sentences; empty when it can be worked on */
  problems!: string[];
}

export class OneDatabaseDto {
  database!: DatabaseDetailsDto;
}

export class ToolDto {
  name!: string;
  version!: string;
}

export class DatabaseTestDto {
  /** whether a backup would work */
  success!: boolean;
  reachable!: boolean;
  server_version!: string | null;
  dump_tool!: ToolDto | null;
  /** what a whole backup needs and the account has not, as a GRANT names it */
  missing_privileges!: string[];
  /** sentences, each saying what to do */
  problems!: string[];
  /** sentences: what a backup that works could lack */
  warnings!: string[];
}

export class DiscoveredDatabaseDto {
  name!: string;
  /** null when it is not registered */
  registered_as!: string | null;
}

export class DiscoveredDto {
  databases!: DiscoveredDatabaseDto[];
  total!: number;
}
