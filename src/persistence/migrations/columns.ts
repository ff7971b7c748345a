import type { TableColumnOptions } from 'typeorm';

/** Column shorthands that mean the same in SQLite and MySQL. */
export const id: TableColumnOptions = {
  name: 'id',
  type: 'integer',
  isPrimary: true,
  isGenerated: true,
  generationStrategy: 'increment',
};

export function text(
  name: string,
  length: number,
  more: Partial<TableColumnOptions> = {},
): TableColumnOptions {
  return { name, type: 'varchar', length: String(length), ...more };
}

export function longText(name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'text', isNullable: true, ...more };
}

export function instant(name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'varchar', length: '24', ...more };
}

export function whole(name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'integer', ...more };
}

export function bytes(name: string): TableColumnOptions {
  return { name, type: 'bigint', isNullable: true };
}

export const nullable = { isNullable: true };
