import type { Link } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import type { Columns } from './table-columns.js';

/** The condition under which a link counts, followed by AND; nothing when it always does. */
export function whenSql(table: string, alias: string, { when }: Link, columns: Columns): string {
  if (!when) return '';
  const literal = when.value === null ? undefined : columns(table).compared(when.column, when.value);
  return literal === undefined ? 'FALSE AND ' : `${alias}.${quoteName(when.column)} = ${literal} AND `;
}
