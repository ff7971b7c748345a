import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { type MissingRows, type Remedy, remedyWords } from '../project-scope/project-scope.types.js';
import { isKeyCell } from './key-cell.js';

const referencesAtMost = 1000;

/** Rows of a backup that refer to shared rows (users) which are gone. */
export class MissingRowsDto {
  /** as `missing` of the body names it */
  reference!: string;
  table!: string;
  columns!: string[];
  referenced_table!: string;
  /** up to 20 keys that are gone; of a reference by several columns, lists of their cells */
  keys!: unknown[];
  /** rows of the backup that refer to them */
  rows!: number;
  /** what a restore does: refuse, null, skip, {use}, or keep where only the scope file declares the reference */
  remedy!: unknown;
  /** what `missing` can say of it */
  possible!: string[];

  static of({ referencedTable, keys, ...rows }: MissingRows): MissingRowsDto {
    return {
      ...rows,
      referenced_table: referencedTable,
      keys: keys.map((key) => (key.length === 1 ? key[0] : key)),
    };
  }
}

export const remediesSchema: ApiPropertyOptions = {
  type: 'object',
  additionalProperties: {
    oneOf: [
      { type: 'string', enum: [...remedyWords] },
      { type: 'object', required: ['use'], properties: { use: {} }, additionalProperties: false },
    ],
  },
};

export function IsRemedies(): PropertyDecorator {
  return ValidateBy({
    name: 'isRemedies',
    validator: {
      validate: isRemedies,
      defaultMessage: () =>
        'missing must say for each reference, by its name, "refuse", "null", "skip", or {"use": <the key of a row>}',
    },
  });
}

function isRemedies(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const remedies = Object.values(value);
  return remedies.length <= referencesAtMost && remedies.every(isRemedy);
}

function isRemedy(value: unknown): value is Remedy {
  if (typeof value === 'string') return remedyWords.some((word) => word === value);
  if (typeof value !== 'object' || value === null) return false;
  const [name, ...more] = Object.keys(value);
  return name === 'use' && more.length === 0 && 'use' in value && isKeyCell(value.use);
}
