export type JsonObject = Record<string, unknown>;

/**
 * Makes of a project file of one version what the next one would have held. Its lines are laid out alike in all versions, and
 * its digest is over them as they are. The header's `schema_fingerprint` must fit the heads of the tables as they are made.
 */
export interface UpConverter {
  from: string;
  to: string;
  header(header: JsonObject): JsonObject;
  table(head: JsonObject): JsonObject;
  /** A row as JSON text; left out when rows are what they were. */
  row?(line: string): string;
}
