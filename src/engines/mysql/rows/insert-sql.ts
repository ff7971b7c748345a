import type { Row } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import type { TableColumns } from './table-columns.js';

const statementBytes = 4 * 1024 * 1024;
const statementRows = 2000;
/** Room for the protocol around a statement. */
const packetReserve = 1024;

export interface InsertStatement {
  sql: string;
  /** What stands for the `?` in `sql`; empty for a statement without any. */
  values: Buffer[];
}

/**
 * INSERT statements for `rows`, each of at most 4 MB, half of what the server takes, and 2000 rows. A row that is
 * larger travels alone, and when its text would be larger than the server takes (bytes double as hexadecimal
 * digits), its large values go beside the statement. Throws DomainError `artefact-unfit`.
 */
export function* insertStatements(
  columns: TableColumns,
  names: readonly string[],
  rows: readonly Row[],
  maxPacketBytes: number,
): Generator<InsertStatement> {
  const head = `INSERT INTO ${quoteName(columns.table)} (${names.map(quoteName).join(', ')}) VALUES `;
  const headBytes = Buffer.byteLength(head);
  const limit = Math.min(statementBytes, maxPacketBytes / 2);
  let values: string[] = [];
  let bytes = headBytes;
  for (const row of rows) {
    const value = rowSql(columns, names, row);
    const valueBytes = Buffer.byteLength(value) + 1;
    if (values.length > 0 && (bytes + valueBytes > limit || values.length >= statementRows)) {
      yield { sql: head + values.join(','), values: [] };
      values = [];
      bytes = headBytes;
    }
    if (headBytes + valueBytes > maxPacketBytes - packetReserve) {
      yield largeRow(head, columns, names, row);
      continue;
    }
    values.push(value);
    bytes += valueBytes;
  }
  if (values.length > 0) yield { sql: head + values.join(','), values: [] };
}

function rowSql(columns: TableColumns, names: readonly string[], row: Row): string {
  let sql = '';
  for (let index = 0; index < names.length; index += 1) {
    sql += (index === 0 ? '(' : ',') + columns.stored(names[index] ?? '', row[index] ?? null);
  }
  return `${sql})`;
}

const largeCell = 64 * 1024;

function largeRow(head: string, columns: TableColumns, names: readonly string[], row: Row): InsertStatement {
  const values: Buffer[] = [];
  const parts = names.map((name, index) => {
    const cell = row[index] ?? null;
    const stored = columns.stored(name, cell);
    if (stored.length < largeCell) return stored;
    if (typeof cell === 'string') {
      values.push(Buffer.from(cell));
      // Parameters that are bytes have no character set of their own.
      return 'CONVERT(? USING utf8mb4)';
    }
    if (typeof cell !== 'object' || cell === null || !('$bytes' in cell)) return stored;
    values.push(Buffer.from(cell.$bytes, 'base64'));
    return '?';
  });
  return { sql: `${head}(${parts.join(',')})`, values };
}
