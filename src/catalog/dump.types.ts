/** What a dump that was built for the public is made of. Names only, never a value. */
export interface BuiltFacts {
  /** The file name of the backup that it was made of. */
  backup: string;
  /** Rows by table. */
  tables: Record<string, number>;
  /** `customer.email` */
  masked: string[];
  dropped: string[];
  /** Tables of the backup that are not in it. */
  leftOut: string[];
  /** What a person should know, as sentences. */
  notes: string[];
}
