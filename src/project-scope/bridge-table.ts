import { DomainError } from '../common/errors.js';
import type { Cell, Row } from '../engines/rows.types.js';
import { bridgeType, type Conversion } from './bridge-types.js';
import type { ProjectFileTable } from './project-file.js';
import type { OwnedTable } from './scope-plan.types.js';

/** A table of a file, as the live table can take it. */
export interface BridgedTable {
  /** The live table, reduced to the columns that both have, in the order of the file. */
  table: OwnedTable;
  /** Columns that came since; a changed row keeps what it has in them. */
  extras: string[];
  /** Makes a row of the file one of `table`; null when it is one already. Throws DomainError `artefact-unfit`. */
  convert: ((row: Row) => Row) | null;
  /** What people must know of it. */
  notes: string[];
}

/**
 * Compares a file's table with the live one. Columns may have come, gone, moved, and become wider since. Throws DomainError
 * `artefact-unfit` with the column for everything else.
 */
export function bridgeTable(head: ProjectFileTable, live: OwnedTable, engine: string): BridgedTable {
  if (sameColumns(head, live)) return { table: live, extras: [], convert: null, notes: [] };
  const { name } = live;
  const kept = head.columns.filter((column) => live.columns.includes(column));
  const extras = live.columns.filter((column) => !head.columns.includes(column));
  const dropped = head.columns.filter((column) => !live.columns.includes(column));
  const lostKey = live.key.find((column) => !kept.includes(column));
  if (!live.keyed || lostKey !== undefined) {
    const why = live.keyed
      ? `its key has the column ${String(lostKey)} now`
      : 'has no key to tell its rows apart';
    throw unfit(`The columns of ${name} have changed since the backup was made, and ${why}`);
  }
  const needed = extras.find((column) => live.required.includes(column));
  if (needed !== undefined) {
    throw unfit(
      `The column ${name}.${needed} came after the backup was made, must have a value and has no default`,
    );
  }
  const steps = kept.map((column) => stepOf(column, head, live, engine));
  return {
    table: { ...live, columns: kept, types: kept.map((column) => typeIn(live, column)) },
    extras,
    convert: (row) => steps.map((step) => converted(row, step, name)),
    notes: [
      ...(extras.length > 0
        ? [
            `${name}: the columns ${extras.join(', ')} came since; rows that come back get their defaults, others keep what they have.`,
          ]
        : []),
      ...(dropped.length > 0
        ? [`${name}: the columns ${dropped.join(', ')} are gone since; their values are not restored.`]
        : []),
      ...kept
        .filter((column) => typeIn(head, column) !== typeIn(live, column))
        .map(
          (column) => `${name}.${column} was ${typeIn(head, column)}, and is ${typeIn(live, column)} now.`,
        ),
    ],
  };
}

interface Step {
  column: string;
  /** Where the column stands in a row of the file. */
  at: number;
  convert: Conversion;
  neverNull: boolean;
}

function stepOf(column: string, head: ProjectFileTable, live: OwnedTable, engine: string): Step {
  const [from, to] = [typeIn(head, column), typeIn(live, column)];
  const convert = bridgeType(from, to, engine);
  if (convert === null) {
    throw unfit(
      `The column ${live.name}.${column} was ${from} when the backup was made, and is ${to} now, which may not hold it`,
    );
  }
  return { column, at: head.columns.indexOf(column), convert, neverNull: live.neverNull.includes(column) };
}

function converted(row: Row, { at, convert, column, neverNull }: Step, table: string): Cell {
  const cell = row[at] ?? null;
  if (cell === null && neverNull) {
    throw unfit(`The column ${table}.${column} may not be null any more, and is in the backup`);
  }
  return convert === 'same' ? cell : convert(cell);
}

function sameColumns(head: ProjectFileTable, live: OwnedTable): boolean {
  const said = ({ columns, types }: Pick<OwnedTable, 'columns' | 'types'>) =>
    JSON.stringify([columns, types]);
  return said(head) === said(live);
}

function typeIn({ columns, types }: Pick<OwnedTable, 'columns' | 'types'>, column: string): string {
  return types[columns.indexOf(column)] ?? '';
}

function unfit(what: string): DomainError {
  return new DomainError('artefact-unfit', `${what}. Nothing was changed.`);
}
