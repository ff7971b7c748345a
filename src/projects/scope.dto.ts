import { Matches } from 'class-validator';
import { isoTime } from '../common/timestamps.js';
import type { ScopeReport } from './scope.service.js';

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

/** What the accepted scope does not hold. */
export class ScopeNewsDto {
  table!: string;
  /** the new ones; empty when the table itself is new, or only placed differently */
  columns!: string[];
  reason!: string;
}

export class UnlistedTypeDto {
  /** cut when it is long; hexadecimal digits where it is bytes */
  type!: string;
  /** in the table as a whole */
  rows!: number;
}

/** A (type, id) pair of the scope file in whose rows stand types that it does not list: nobody owns such a row by this pair. */
export class UnlistedTypesDto {
  table!: string;
  type_column!: string;
  id_columns!: string[];
  /** at most 20, the most frequent first */
  types!: UnlistedTypeDto[];
  /** whether there are more */
  more!: boolean;
}

export class AcceptScopeDto {
  /** `digest` of the scope that you have seen */
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be the digest that GET projects/scope shows' })
  digest!: string;
}

export class ScopeDto {
  database!: string;
  /** SHA-256, in hex, over every table with its columns and its place */
  digest!: string;
  /** false when project backups may lack something: a table is unclassified, or something is new since acceptance */
  complete!: boolean;
  /** whether project backups are refused while it is not complete */
  strict!: boolean;
  /** when somebody accepted the scope; null when nobody ever did */
  accepted_at!: string | null;
  accepted_by!: string | null;
  new_since_acceptance!: ScopeNewsDto[];
  unclassified!: CountedTableDto[];
  /** a hint: it changes neither `complete` nor any backup */
  unlisted_types!: UnlistedTypesDto[];
  root!: ScopeNodeDto;
  shared!: CountedTableDto[];
  /** shared tables whose rows are in every project backup, and are restored only where the table has none */
  when_empty!: CountedTableDto[];
  excluded!: CountedTableDto[];

  static of(
    { accepted, newSinceAcceptance, unlistedTypes, whenEmpty, ...report }: ScopeReport,
    zone: string,
  ): ScopeDto {
    return {
      ...report,
      accepted_at: accepted && isoTime(accepted.at, zone),
      accepted_by: accepted && accepted.by,
      new_since_acceptance: newSinceAcceptance,
      unlisted_types: unlistedTypes.map(({ typeColumn, idColumns, ...unlisted }) => ({
        ...unlisted,
        type_column: typeColumn,
        id_columns: idColumns,
      })),
      when_empty: whenEmpty,
    };
  }
}
