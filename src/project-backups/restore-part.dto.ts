import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsOptional,
  IsString,
  MaxLength,
  ValidateBy,
} from 'class-validator';
import { Omittable } from '../common/http/validation.js';
import type { Within } from '../project-scope/project-scope.types.js';
import { isKeyCell } from './key-cell.js';

const columnsAtMost = 64;

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

  /**
   * Only one row and everything below it: `{"table": "areas", "key": 5}`; a key of several columns as
   * `{"table": "pages", "key": {"area_id": 5, "no": 1}}`. The backup must hold the row.
   */
  @ApiPropertyOptional({
    type: 'object',
    required: ['table', 'key'],
    properties: { table: { type: 'string' }, key: {} },
    additionalProperties: false,
  })
  @Omittable()
  @ValidateBy({
    name: 'isWithin',
    validator: {
      validate: isWithin,
      defaultMessage: () =>
        'within must name a table and the key of one of its rows: {"table": "areas", "key": 5}',
    },
  })
  within?: Within;
}

function isWithin(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('table' in value) || !('key' in value)) return false;
  const { table, key } = value;
  return (
    Object.keys(value).length === 2 && typeof table === 'string' && (isKeyCell(key) || isKeyByColumns(key))
  );
}

function isKeyByColumns(key: unknown): boolean {
  if (typeof key !== 'object' || key === null || Array.isArray(key)) return false;
  const cells = Object.values(key);
  return cells.length > 0 && cells.length <= columnsAtMost && cells.every(isKeyCell);
}
