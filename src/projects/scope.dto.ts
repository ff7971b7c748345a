/** A table of a project, and those that hang on it. */
export class ScopeNodeDto {
  table!: string;
  /** by which references its rows belong */
  path!: string;
  /** in the table as a whole, of all projects */
  rows!: number;
  columns!: string[];
  /** empty when rows cannot be told apart by a key */
  key!: string[];
  children!: ScopeNodeDto[];
}

export class CountedTableDto {
  table!: string;
  reason!: string;
  /** in the table as a whole */
  rows!: number;
}

export class ScopeDto {
  database!: string;
  /** false when a table may hold rows of projects that no rule covers: project backups are partial then */
  complete!: boolean;
  /** whether project backups are refused while it is not complete */
  strict!: boolean;
  unclassified!: CountedTableDto[];
  root!: ScopeNodeDto;
  shared!: CountedTableDto[];
  excluded!: CountedTableDto[];
}
