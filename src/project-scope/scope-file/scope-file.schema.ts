import { z } from 'zod';
import { jsonPath } from '../json-spans.js';

const table = z.string().min(1);
const reason = z.string().min(1, 'must say why');
const reference = z
  .string()
  .regex(/^[^.]+(\.[^.]+)?$/, 'must be "table.column", or "table" for its primary key');

const section = z.strictObject({
  root: table.optional(),
  name: z.string().min(1).optional(),
  strict: z.boolean().default(false),
  references: z.record(z.string().regex(/^[^.]+\.[^.]+$/, 'must be "table.column"'), reference).default({}),
  polymorphic: z
    .array(z.strictObject({ table, type: table, id: table, tables: z.record(z.string(), reference) }))
    .default([]),
  json: z
    .array(
      z.strictObject({
        table,
        column: table,
        path: z
          .string()
          .refine((text) => jsonPath(text) !== null, 'must be like "$.invoice_id" or "$.items[*].id"'),
        references: reference,
      }),
    )
    .default([]),
  follow: z.record(table, z.array(z.string().min(1)).min(1)).default({}),
  shared: z.record(table, reason).default({}),
  exclude: z.record(table, reason).default({}),
  when_empty: z.record(table, reason).default({}),
});

/** The file of HOLDFAST_PROJECTS_FILE. docs/project-scope.md describes it. */
export const scopeFile = z.strictObject({ databases: z.record(z.string(), section).default({}) });

export type ScopeSection = z.infer<typeof section>;
