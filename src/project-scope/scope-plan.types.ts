import type {
  Closure,
  ForeignKey,
  JsonReference,
  Ownership,
  Reference,
  Trigger,
} from '../engines/rows.types.js';

/** Which rows of which tables are a project; a value of its own, made from the schema and from nothing else. */
export interface ScopePlan {
  rootTable: string;
  rootKey: string;
  /** The project's own tables, parents first. */
  owned: OwnedTable[];
  /** Tables that the project refers to and does not own (users, languages). */
  shared: { name: string; reason: string }[];
  /** Shared tables whose rows are in every project backup, and are restored only where the table has none. */
  whenEmpty: WhenEmptyTable[];
  /** Tables that have nothing to do with projects. */
  excluded: { name: string; reason: string }[];
  /** Tables that may hold project data and that no rule covers; with any of these a backup is partial. */
  unclassified: { name: string; reason: string }[];
  /** SHA-256 over the columns of all tables in a backup: two equal ones fit each other. */
  fingerprint: string;
}

export interface OwnedTable {
  name: string;
  /** Written ones only; generated columns follow by themselves. */
  columns: string[];
  types: string[];
  /** Of those, the ones that are never null, and the ones without which no row can be inserted. */
  neverNull: string[];
  required: string[];
  /** What rows are told apart by. */
  key: string[];
  /** False when the table has no key of its own and `key` is all columns: equal rows cannot be told apart. */
  keyed: boolean;
  owner: Ownership;
  /** Set when its rows belong by each other, or by rows of a cycle of tables. */
  closure: Closure | null;
  /** For people: `areas.project_id -> projects.id`. */
  path: string;
  /** True when one reference that is never null decides for every row. */
  certain: boolean;
  /** Pairs of ways to the root that must lead to the same project. */
  crossChecks: { rows: Ownership; reference: Reference; says: string }[];
  foreignKeys: ForeignKey[];
  /** Ids inside JSON documents that refer to rows of owned tables or of others. */
  jsonReferences: JsonReference[];
  triggers: Trigger[];
  transactional: boolean;
}

/** A table that no project owns, with all of its rows. */
export interface WhenEmptyTable extends OwnedTable {
  reason: string;
}

/** A table by itself, before it is known which tables stand behind it. */
export type DescribedTable = Omit<OwnedTable, 'crossChecks'>;
