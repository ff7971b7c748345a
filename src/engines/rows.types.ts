/**
 * Row access for project scope: what an engine must offer so that one project's rows can be read and written without
 * touching anybody else's. The planning above (project-scope/) is the same for every engine.
 */
export interface ProjectRows {
  schema(): Promise<DatabaseSchema>;
  /** One consistent, read-only snapshot for the whole of `work`. */
  snapshot<T>(work: (reader: RowReader) => Promise<T>): Promise<T>;
  /**
   * One transaction for the whole of `work`, rolled back when it throws. Foreign keys are not enforced inside, so that
   * no cascade fires; `RowWriter.danglingRows` checks them instead. Throws DomainError `conflict` on a lock time-out
   * or a duplicate key, `database-unreachable`. Only of the latter nobody knows whether the changes are there: when
   * the answer to the commit was lost. Every other DomainError means that they were rolled back.
   */
  transaction<T>(work: (writer: RowWriter) => Promise<T>): Promise<T>;
  /**
   * As `transaction`, but on empty copies of the definitions of `tables`, without foreign keys and triggers, which stand
   * beside live and are gone afterwards. Call under the lock. Throws DomainError `database-refused`, too.
   */
  rehearsal<T>(
    tables: readonly string[],
    place: ScratchPlace,
    work: (writer: RowWriter) => Promise<T>,
  ): Promise<T>;
}

export interface ScratchPlace {
  /** Part of the name of what is made: lower-case letters and digits. */
  id: string;
  /** For working files, on this machine; the caller made it and removes it. */
  workFolder: string;
}

export interface DatabaseSchema {
  tables: TableSchema[];
  /** Names of the functions and procedures that a trigger could call; they may write to any table. */
  routines: string[];
}

export interface TableSchema {
  name: string;
  columns: ColumnSchema[];
  /** Column names; empty when the table has no primary key. */
  primaryKey: string[];
  uniqueKeys: string[][];
  foreignKeys: ForeignKey[];
  /** Ids inside JSON documents, as the scope file declares them; no database knows them. */
  jsonReferences?: JsonReference[];
  triggers: Trigger[];
  /** False for tables that a rollback does not cover (MyISAM). */
  transactional: boolean;
}

export interface Trigger {
  name: string;
  /** `INSERT`, `UPDATE` or `DELETE`; null when the engine cannot tell. */
  event: string | null;
  body: string;
}

export interface ColumnSchema {
  name: string;
  /** As the database writes it: `bigint unsigned`, `decimal(65,30)`. */
  type: string;
  nullable: boolean;
  /** Computed by the database; never written. */
  generated: boolean;
  /** True when no row can be inserted without a value for it: it is never null and has no default. */
  required?: boolean;
}

export interface ForeignKey {
  name: string;
  columns: string[];
  referencedTable: string;
  referencedColumns: string[];
  /** `CASCADE`, `SET NULL`, `SET DEFAULT`, `RESTRICT`, `NO ACTION`. */
  onDelete: string;
  /** True for a reference that the scope file declares and the database does not know: nothing enforces it. */
  declared?: boolean;
  /** It holds for those rows only: the type of a (type, id) pair. */
  when?: Condition;
}

/** True for the rows whose `column` equals `value`. */
export interface Condition {
  column: string;
  value: Cell;
}

/** In each JSON document of `column`, what stands at `path` (`$.invoice_id`, `$.items[*].id`) is a key of the table. */
export interface JsonReference {
  column: string;
  path: string;
  referencedTable: string;
  referencedColumn: string;
}

/**
 * A value as it stands in a project file; JSON without loss. Integers within 2^53 and finite, non-integral or
 * MySQL-typed floating numbers are numbers, text is a string, DECIMAL and dates are strings as the database prints
 * them (TIMESTAMP in UTC), and what JSON cannot carry is tagged: `{"$int":"18446744073709551615"}`,
 * `{"$real":"1"}` (SQLite's REAL with an integral value, or an infinity), `{"$bytes":"<base64>"}`.
 */
export type Cell = null | number | string | { $int: string } | { $real: string } | { $bytes: string };

export type Row = Cell[];

/** The rows of `table` that belong to the project with root key `rootKey`. */
export interface RowSelection {
  table: string;
  /** The columns to read, in this order; never generated ones. */
  columns: string[];
  /**
   * What the rows are ordered by: the primary key, a unique key that is never null, or (a table without either) all
   * columns. Integer columns in their numeric order, all others by the bytes of their text, so that the order is the
   * same in every engine and in JavaScript.
   */
  key: string[];
  owner: Ownership;
  rootKey: Cell;
}

/** How a row belongs to a project. */
export type Ownership =
  /** The row of the root table whose `column` equals the root key. */
  | { kind: 'root'; column: string }
  /** Any of these references leads to a row that belongs to the project. */
  | { kind: 'references'; anyOf: Reference[] }
  /** The row's `columns` are among those of the rows of `table` that the closure finds. */
  | { kind: 'member'; closure: Closure; table: string; columns: string[] }
  /** Every row, whatever the root key: the table is nobody's. */
  | { kind: 'everybody' };

/** How a row names another one. */
export interface Link {
  columns: string[];
  parent: string;
  parentColumns: string[];
  /** It counts in those rows only. */
  when?: Condition;
}

export interface Reference extends Link {
  parentOwner: Ownership;
}

/**
 * Rows that belong by each other, along a tree or a cycle of tables: the seeds, what refers to them, what refers to that,
 * and so on. A chain of links may be as long as there are rows.
 */
export interface Closure {
  members: ClosureMember[];
}

export interface ClosureMember {
  table: string;
  /** The columns by which its rows are referred to, each list of them once. */
  referenced: string[][];
  /** What its rows belong by without the closure. */
  seeds: Reference[];
  /** To rows of the members, its own among them. */
  steps: Link[];
}

export interface RowReader {
  /** Batches of rows in key order; streams with backpressure, memory does not grow with the rows. */
  read(selection: RowSelection): AsyncIterable<Row[]>;
  /** Up to `limit` rows of the selection for which `reference` leads to a row that does not belong to the project. */
  strayRows(selection: RowSelection, reference: Reference, limit: number): Promise<Row[]>;
  /**
   * Rows of the selection's table (its `columns`) whose `column` is one of these cells and that do not belong to the project;
   * where a collation takes other texts for the same, those, too. No more than a thousand cells at a time.
   */
  rowsOfOthers(selection: RowSelection, column: string, cells: Cell[]): Promise<Row[]>;
  /** Rows of any table by a plain condition; for lists of projects. `where` columns equal their cells. */
  list(query: ListQuery): Promise<Row[]>;
  count(table: string): Promise<number>;
  /** The values in a column and in how many rows each is, the most frequent first; nulls are none. Reads the whole table. */
  values(query: ValuesQuery): Promise<CountedValue[]>;
  /**
   * For each of these columns the greatest whole number that it holds or that the database has handed out for it; null when it
   * holds none. For columns of whole numbers.
   */
  greatest(columns: readonly ColumnOfTable[]): Promise<(bigint | null)[]>;
}

export interface ColumnOfTable {
  table: string;
  column: string;
}

export interface ValuesQuery {
  table: string;
  column: string;
  /** Not these, nor what the column's collation takes for one of them, as `Condition` does. */
  except: Cell[];
  limit: number;
}

export interface CountedValue {
  /** Of values that the collation takes for the same, one. SQLite's text that is no UTF-8 comes as its bytes. */
  cell: Cell;
  rows: number;
}

export interface ListQuery {
  table: string;
  columns: string[];
  where?: Record<string, Cell>;
  /** Restrict to rows whose `column` is one of these. */
  anyOf?: { column: string; cells: Cell[] };
  orderBy: string[];
  limit: number;
  offset?: number;
}

export interface RowWriter extends RowReader {
  /** As `read`, but of the newest committed state, and holding off every other writer to these rows and their gaps. */
  readLocked(selection: RowSelection): AsyncIterable<Row[]>;
  /** Inserts rows; a duplicate of any key throws DomainError `conflict` that names the table. */
  insert(table: string, columns: string[], rows: Row[]): Promise<void>;
  /**
   * Removes the rows with these keys (cells in the order of `selection.key`), only those that belong to the project.
   * Returns how many were removed.
   */
  remove(selection: RowSelection, keys: Row[]): Promise<number>;
  /**
   * Locks the rows with these keys that belong to the project, so that they do until the end. Returns how many. For rows
   * that belong by each other: once one is removed, the next can no longer be told.
   */
  claim(selection: RowSelection, keys: Row[]): Promise<number>;
  /** Removes rows that were claimed, by their keys alone. Returns how many were removed. */
  removeClaimed(selection: RowSelection, keys: Row[]): Promise<number>;
  /** Removes all rows of the selection. Returns how many were removed. */
  removeAll(selection: RowSelection): Promise<number>;
  /** Up to `limit` rows of the selection (their `columns`) whose foreign key points to nothing. */
  danglingRows(selection: RowSelection, foreignKey: ForeignKey, limit: number): Promise<Row[]>;
  /**
   * Of these values of `foreignKey.referencedColumns`, up to `limit` that a row of `table` still refers to though no
   * row of the referenced table has them any more.
   */
  orphanedReferences(table: string, foreignKey: ForeignKey, values: Row[], limit: number): Promise<Row[]>;
}
