/** What a scope plan says of one table. */
export interface SurveyedTable {
  table: string;
  place: 'owned' | 'shared' | 'when-empty' | 'excluded' | 'unclassified';
  /** By which references its rows belong; null unless they are owned. */
  path: string | null;
  /** In the order of their names. */
  columns: string[];
}

export interface ScopeSurvey {
  /** SHA-256 over `tables`, in hex. */
  digest: string;
  /** Every table of the database, in the order of their names. */
  tables: SurveyedTable[];
}

/** What differs from the plan that somebody accepted. */
export interface ScopeNews {
  table: string;
  /** Its new ones; empty when the table itself is new, or only placed differently. */
  columns: string[];
  /** Part of a sentence: `new columns: phone`. */
  reason: string;
}
