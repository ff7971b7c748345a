/** What people declare of a database because its foreign keys do not say it. */
export interface ScopeRules {
  /** The table whose rows are the projects. */
  root: string;
  /** What says the root where no scope file does, for who has to change it. */
  rootSetting: string;
  /** The column that names a project for people; null to choose a usual one. */
  nameColumn: string | null;
  /** Where both are said. */
  place: string;
  /** True when a backup that may lack something of a project is an error instead of partial. */
  strict: boolean;
  references: DeclaredReference[];
  /** Ids inside JSON documents. */
  json: DeclaredJson[];
  /** Tables whose rows belong by these references only, whatever else they refer to. */
  follow: (Declared & { table: string; columns: string[][] })[];
  /** Tables of everybody's, with the reason. */
  shared: DeclaredTable[];
  /** Tables that are in no project backup, with the reason. */
  exclude: DeclaredTable[];
  /** Tables of everybody's whose rows go into every project backup, for databases where they have none; with the reason. */
  whenEmpty: DeclaredTable[];
}

/** Where it was declared: `projects.yaml, line 7`. */
interface Declared {
  place: string;
}

export interface DeclaredTable extends Declared {
  table: string;
  reason: string;
}

/**
 * `columns` of `table`, or of every table that has them when it is `*`, hold a key of `parent`: `parentColumns`, or its
 * primary key when there are none.
 */
export interface DeclaredReference extends Declared {
  table: string;
  columns: string[];
  parent: string;
  parentColumns: string[] | null;
  /** Of a (type, id) pair: the column with the type, and what stands in it for this parent. */
  when?: { column: string; value: string };
}

/** At `path` of the documents in `column` of `table` stands a key of `parent`: `parentColumns`, or its primary key. */
export interface DeclaredJson extends Declared {
  table: string;
  column: string;
  path: string;
  parent: string;
  parentColumns: string[] | null;
}

export function rulesFor(root: string): ScopeRules {
  return {
    root,
    rootSetting: 'HOLDFAST_PROJECT_TABLE',
    nameColumn: null,
    place: 'HOLDFAST_PROJECT_TABLE',
    strict: false,
    references: [],
    json: [],
    follow: [],
    shared: [],
    exclude: [],
    whenEmpty: [],
  };
}
