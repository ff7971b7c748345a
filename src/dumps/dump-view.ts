import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FieldError } from '../common/errors.js';
import { badInput } from '../common/http/validation.js';
import type { DumpDto, DumpQuery } from './dumps.dto.js';

type DumpField = keyof DumpDto;

const dumpFields = [
  'dump_id',
  'path',
  'public',
  'link',
  'created_at',
  'updated_at',
  'size',
  'size_formatted',
  'sha256',
  'database',
  'project_id',
  'backup_id',
  'state',
  'downloads',
  'bytes_sent',
  'last_downloaded_at',
  'created_by_name',
  'built',
] as const satisfies DumpField[];

/** Which part of a dump somebody wants to see. */
export interface DumpView {
  /** Null: all. */
  fields: ReadonlySet<DumpField> | null;
  withBackup: boolean;
}

/** Throws DomainError `bad-input` that names what there is not. */
export function readView({ fields = {}, include }: DumpQuery): DumpView {
  const faults: FieldError[] = [];
  for (const kind of Object.keys(fields).filter((name) => name !== 'dump')) {
    faults.push({ field: `fields[${kind}]`, message: `fields[${kind}] is unknown; it may be fields[dump]` });
  }
  const chosen = fields['dump'] === undefined ? null : namesIn(fields['dump']);
  const known: readonly string[] = dumpFields;
  if (chosen === undefined) {
    faults.push({ field: 'fields[dump]', message: 'fields[dump] must be a list of names, given once' });
  } else if (chosen?.some((name) => !known.includes(name))) {
    faults.push({ field: 'fields[dump]', message: `fields[dump] may hold ${known.join(', ')}` });
  }
  const included = include === undefined ? [] : include.split(',');
  if (included.some((name) => name !== 'backup')) {
    faults.push({ field: 'include', message: 'include may be backup' });
  }
  if (faults.length > 0) throw badInput(faults);
  const withBackup = included.length > 0;
  if (!chosen) return { fields: null, withBackup };
  return {
    fields: new Set<DumpField>([...(chosen as DumpField[]), ...(withBackup ? ['backup' as const] : [])]),
    withBackup,
  };
}

function namesIn(value: unknown): string[] | undefined {
  return typeof value === 'string' ? value.split(',').map((name) => name.trim()) : undefined;
}

/** Documents it in OpenAPI. */
export function ApiDumpView() {
  const list = { type: 'string' } as const;
  return applyDecorators(
    ApiQuery({ name: 'fields[dump]', required: false, schema: { ...list, example: 'dump_id,link' } }),
    ApiQuery({ name: 'include', required: false, schema: { type: 'string', enum: ['backup'] } }),
  );
}
