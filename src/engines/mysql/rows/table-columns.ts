import { DomainError } from '../../../common/errors.js';
import type { Cell } from '../../rows.types.js';
import { type ColumnKind, columnKind } from './column-kinds.js';
import { integerLiteral, textLiteral } from './literals.js';
import type { RowSession } from './row-session.js';

/** What the texts of a column are made of, and which of them the server takes for equal. */
export interface ColumnText {
  characterSet: string;
  collation: string;
}

type ColumnRow = readonly [
  name: string,
  dataType: string,
  characterSet: string | null,
  collation?: string | null,
];

/** The kinds of the columns of one table. */
export class TableColumns {
  readonly #types = new Map<
    string,
    { dataType: string; kind: ColumnKind | undefined; text: ColumnText | null }
  >();

  constructor(
    readonly table: string,
    columns: readonly ColumnRow[],
  ) {
    for (const [name, dataType, characterSet, collation = null] of columns) {
      const text = characterSet === null || collation === null ? null : { characterSet, collation };
      this.#types.set(name, { dataType, kind: columnKind(dataType, characterSet), text });
    }
  }

  /** Null for a column of anything but texts. */
  text(column: string): ColumnText | null {
    return this.#types.get(column)?.text ?? null;
  }

  /** Throws DomainError `artefact-unfit`. */
  kind(column: string): ColumnKind {
    const type = this.#types.get(column);
    if (!type) throw new DomainError('artefact-unfit', `The table ${this.table} has no column ${column}.`);
    if (!type.kind) {
      const what = `The column ${column} of the table ${this.table} is of the type ${type.dataType}`;
      throw new DomainError('artefact-unfit', `${what}, which project backups do not know.`);
    }
    return type.kind;
  }

  /** A cell to store. Throws DomainError `artefact-unfit` when it is no value of the column. */
  stored(column: string, cell: Cell): string {
    if (cell === null) return 'NULL';
    const literal = this.kind(column).literal(cell);
    if (literal !== undefined) return literal;
    throw new DomainError(
      'artefact-unfit',
      `A value for the column ${column} of the table ${this.table} is not of the column's type.`,
    );
  }

  /**
   * A cell to compare with, or undefined when nothing in the column can equal it. A whole number may also be given
   * as text, since that is how keys come out of addresses of pages, and may stand there as one.
   */
  compared(column: string, cell: NonNullable<Cell>): string | undefined {
    const { literal } = this.kind(column);
    if (typeof cell === 'string') return literal(cell) ?? literal({ $int: cell });
    const whole = integerLiteral(cell);
    return literal(cell) ?? (whole === undefined || !this.text(column) ? undefined : literal(whole));
  }
}

/** Columns of several tables, as far as a statement names them. */
export type Columns = (table: string) => TableColumns;

/** Asks the database once per table. Meant for one session: a table in use by a transaction cannot be altered. */
export class ColumnCatalog {
  readonly #tables = new Map<string, TableColumns>();

  constructor(private readonly session: RowSession) {}

  async of(table: string): Promise<TableColumns> {
    return this.#tables.get(table) ?? (await this.#load(table));
  }

  async ofAll(tables: Iterable<string>): Promise<Columns> {
    const found = new Map<string, TableColumns>();
    for (const table of tables) found.set(table, await this.of(table));
    return (table) => {
      const columns = found.get(table);
      if (!columns) throw new Error(`The columns of ${table} were not asked for`);
      return columns;
    };
  }

  async #load(table: string): Promise<TableColumns> {
    const rows = await this.session.rows<[string, string, string | null, string | null]>(
      'SELECT column_name, data_type, character_set_name, collation_name FROM information_schema.columns ' +
        `WHERE table_schema = DATABASE() AND table_name = ${textLiteral(table) ?? "''"}`,
    );
    if (rows.length === 0) throw new DomainError('artefact-unfit', `The database has no table ${table}.`);
    const columns = new TableColumns(table, rows);
    this.#tables.set(table, columns);
    return columns;
  }
}
