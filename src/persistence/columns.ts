import type { ColumnOptions } from 'typeorm';

/** An instant, kept as ISO 8601 in UTC with milliseconds: sorts as text, reads the same in every catalogue engine. */
export const instant = {
  type: 'varchar',
  length: 24,
  transformer: {
    to: (value: Date | null | undefined) => (value instanceof Date ? value.toISOString() : value),
    from: (value: string | null) => (value === null ? null : new Date(value)),
  },
} satisfies ColumnOptions;

/** A small structured value, kept as JSON text. */
export const json = {
  type: 'text',
  transformer: {
    to: (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value)),
    from: (value: string | null): unknown => (value === null ? null : JSON.parse(value)),
  },
} satisfies ColumnOptions;

/** A count of bytes: up to 2^53, as a number in every catalogue engine. */
export const byteCount = {
  type: 'bigint',
  transformer: {
    to: (value: number | null | undefined) => value,
    from: (value: string | number | null) => (value === null ? null : Number(value)),
  },
} satisfies ColumnOptions;
