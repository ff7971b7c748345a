const longest = 64;

/** The schema in which a restore is loaded before live is touched. */
export function stagingSchema(database: string, id: string): string {
  return companion(database, `_holdfast_s_${id}`);
}

/** The schema that keeps what a restore replaced. */
export function undoSchema(database: string, id: string): string {
  return companion(database, `_holdfast_u_${id}`);
}

/** Beside its database by name, so that one GRANT on `app\_holdfast\_%` covers both; at most 64 characters. */
function companion(database: string, suffix: string): string {
  return [...database].slice(0, longest - suffix.length).join('') + suffix;
}

/** In an undo schema: the definitions of what a rename does not carry (triggers, routines, views, events). */
export const definitionsTable = '__holdfast_definitions';
