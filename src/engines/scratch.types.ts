import type { Dump, WorkOptions } from './engine.types.js';
import type { ColumnOfTable, ColumnSchema, DatabaseSchema } from './rows.types.js';

/** What stands in a column in place of a value. Nulls stay null. */
export type Mask =
  | { kind: 'null' }
  /** The same text in every row. */
  | { kind: 'text'; text: string }
  /** A keyed hash: the same value gives the same, in every column, so that joins go on working. */
  | { kind: 'hash' }
  /** `user_<hash>@example.com`. */
  | { kind: 'email' }
  /** A whole number between the two, both inclusive, by the hash of the value. */
  | { kind: 'number'; min: number; max: number }
  /** As many `x` as the value has characters. */
  | { kind: 'keep-length' };

/** How a copy of a database is cut down to what others may see. */
export interface Reduction {
  /** All others go. */
  tables: ReducedTable[];
  /** For the hashes. */
  key: Buffer;
}

export interface ReducedTable {
  name: string;
  masks: { column: string; mask: Mask }[];
  drop: string[];
}

/** A value as its bytes: text in UTF-8, numbers and times as the dump writes them. */
export interface ScratchValue {
  /** The place of its column in what was asked for. */
  column: number;
  bytes: Buffer;
}

/** What an artefact holds, standing beside live to be changed and dumped. Live is never touched. */
export interface ScratchDatabase {
  schema(): Promise<DatabaseSchema>;
  /** Why a mask cannot stand in a column of this type, as half a sentence; null when it can. */
  whyUnfit(mask: Mask, column: ColumnSchema): string | null;
  /** The values of these columns, without nulls, in batches; memory does not grow with the rows. */
  values(columns: readonly ColumnOfTable[]): AsyncIterable<ScratchValue[]>;
  /**
   * Masks and drops columns, and removes all other tables. What would not fit any more goes, too: foreign keys to what is
   * gone, checks on what is changed. Returns what went, as sentences. Throws DomainError `conflict` when the database
   * refuses; its sentence names the table and no value.
   */
  reduce(reduction: Reduction, options: WorkOptions): Promise<string[]>;
  /** Of what `reduce` left. Throws as `Engine.openDump`. */
  openDump(options: WorkOptions): Promise<Dump>;
  /**
   * What is in the dump, once more, when a value need not stand in one piece in its bytes: SQLite spreads it over pages.
   * With the names of the columns, for who looks for something in it.
   */
  content(): AsyncIterable<{ place: string; bytes: Buffer }>;
  discard(): Promise<void>;
}
