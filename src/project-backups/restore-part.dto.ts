import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsOptional,
  IsString,
  MaxLength,
} from 'class-validator';

/** What of a backup is restored; all of it if nothing is said. */
export class RestorePartDto {
  /** Of the project's tables, only these are compared and written. What they refer to must be there, or come with them. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  tables?: string[];
}
