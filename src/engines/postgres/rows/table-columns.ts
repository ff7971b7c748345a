import { DomainError } from '../../../common/errors.js';
import type { Cell } from '../../rows.types.js';
import { quoteName, quoteText } from '../connection.js';
import { cellText, type ColumnKind, columnKind, textLiteral, textOf } from './column-kinds.js';
import type { RowSession } from './row-session.js';

export interface KnownColumn {
  kind: ColumnKind;
  notNull: boolean;
  /** As it stands in SQL; null for types that have none. */
  collation: string | null;
}

/** The columns of one table, as far as SQL is made of them. */
export class TableColumns {
  constructor(
    readonly table: string,
    private readonly columns: ReadonlyMap<string, KnownColumn>,
  ) {}

  /** Throws DomainError `artefact-unfit`. */
  kind(name: string): ColumnKind {
    return this.#column(name).kind;
  }

  collation(name: string): string | null {
    return this.#column(name).collation;
  }

  /** What rows are ordered by, nulls first; see `ColumnKind.order`. */
  order(alias: string, name: string): string {
    const { kind, notNull } = this.#column(name);
    // Left away where there are none: an index has its nulls last.
    return `${kind.order(`${alias}.${quoteName(name)}`)}${notNull ? '' : ' NULLS FIRST'}`;
  }

  /** A cell to store. Throws DomainError `artefact-unfit` when it is no value of the column. */
  stored(name: string, cell: Cell): string {
    if (cell === null) return 'NULL';
    const text = this.kind(name).write(cell);
    if (text !== undefined) return quoteText(text);
    throw new DomainError(
      'artefact-unfit',
      `A value for the column ${name} of the table ${this.table} is not of the column's type.`,
    );
  }

  /**
   * That the column holds the value. A whole number may also be given as text, since that is how keys come out of
   * addresses of pages, and a text as a number, where a declared reference joins the two. Texts are compared as
   * `collation` says, that of the key which the value is of.
   */
  equals(alias: string, name: string, cell: NonNullable<Cell>, collation = this.collation(name)): string {
    const own = this.collation(name);
    const compared = own === null || own === collation ? '' : ` COLLATE ${collation ?? '"C"'}`;
    const column = `${alias}.${quoteName(name)}`;
    const { equality, write } = this.kind(name);
    if (equality === 'never') return `${textOf(column)}${compared} = ${textLiteral(cell)}`;
    const text = write(cell) ?? write(typeof cell === 'string' ? { $int: cell } : cellText(cell));
    return text === undefined ? 'FALSE' : `${column}${compared} = ${quoteText(text)}`;
  }

  #column(name: string): KnownColumn {
    const column = this.columns.get(name);
    if (column) return column;
    throw new DomainError('artefact-unfit', `The table ${this.table} has no column ${name}.`);
  }
}

/** Columns of several tables, as far as a statement names them. */
export type Columns = (table: string) => TableColumns;

/** The type of a column, or what the domain that it is of is made of. */
export const baseTypeSql = `LATERAL (
  WITH RECURSIVE base (type, modifier) AS (
    SELECT a.atttypid, a.atttypmod
    UNION ALL SELECT d.typbasetype, d.typtypmod FROM base JOIN pg_type d ON d.oid = base.type WHERE d.typtype = 'd'
  ) SELECT y.oid AS type, y.typname, y.typtype, base.modifier FROM base JOIN pg_type y ON y.oid = base.type
  WHERE y.typtype <> 'd') b`;

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
    const rows = await this.session.rows<[string, string, string, string, string, string | null]>(
      `SELECT a.attname, b.typname, b.typtype, a.attnotnull, COALESCE(NOT c.collisdeterministic, false),
         c.collnamespace::regnamespace || '.' || quote_ident(c.collname)
       FROM pg_attribute a CROSS JOIN ${baseTypeSql} LEFT JOIN pg_collation c ON c.oid = a.attcollation
       WHERE a.attrelid = to_regclass(${quoteText(quoteName(table))}) AND a.attnum > 0 AND NOT a.attisdropped`,
    );
    if (rows.length === 0) throw new DomainError('artefact-unfit', `The database has no table ${table}.`);
    const known = rows.map(([column, name, kind, notNull, loose, collation]): [string, KnownColumn] => [
      column,
      {
        kind: columnKind({ name, enumeration: kind === 'e', looseCollation: loose === 't' }),
        notNull: notNull === 't',
        collation,
      },
    ]);
    const columns = new TableColumns(table, new Map(known));
    this.#tables.set(table, columns);
    return columns;
  }
}
