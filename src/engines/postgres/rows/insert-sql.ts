import type { Row } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import type { TableColumns } from './table-columns.js';

const statementCharacters = 2 * 1024 * 1024;
const statementRows = 1000;

/**
 * INSERT statements for `rows`, each of about 2 million characters and 1000 rows at most; a larger row travels alone.
 * OVERRIDING SYSTEM VALUE, since ids of GENERATED ALWAYS AS IDENTITY are to be those of the backup. Throws DomainError
 * `artefact-unfit`.
 */
export function* insertStatements(
  columns: TableColumns,
  names: readonly string[],
  rows: readonly Row[],
): Generator<string> {
  const head = `INSERT INTO ${quoteName(columns.table)} (${names.map(quoteName).join(', ')}) OVERRIDING SYSTEM VALUE VALUES `;
  let values: string[] = [];
  let characters = 0;
  for (const row of rows) {
    const value = `(${names.map((name, at) => columns.stored(name, row[at] ?? null)).join(', ')})`;
    if (
      values.length >= statementRows ||
      (values.length > 0 && characters + value.length > statementCharacters)
    ) {
      yield head + values.join(', ');
      values = [];
      characters = 0;
    }
    values.push(value);
    characters += value.length;
  }
  if (values.length > 0) yield head + values.join(', ');
}
