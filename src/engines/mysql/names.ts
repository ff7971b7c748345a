import { createHash } from 'node:crypto';

const longest = 64;
const stagingMark = '_holdfast_s_';
const undoMark = '_holdfast_u_';
const trialMark = '_holdfast_t_';

/** The schema in which a restore is loaded before live is touched. */
export function stagingSchema(database: string, id: string): string {
  return companion(database, stagingMark + id);
}

/** The schema that keeps what a restore replaced. */
export function undoSchema(database: string, id: string): string {
  return companion(database, undoMark + id);
}

/** The schema in which live's own definitions are tried, since they have to be created again should a swap fail. */
export function trialSchema(database: string, id: string): string {
  return companion(database, trialMark + id);
}

/** Patterns for LIKE: what belongs to restores of this database. */
export function companionPatterns(database: string): { undo: string; scratch: string[] } {
  const pattern = (mark: string) =>
    companion(database, mark + '-'.repeat(12))
      .slice(0, -12)
      .replaceAll(/[\\_%]/g, '\\$&');
  return { undo: `${pattern(undoMark)}%`, scratch: [`${pattern(stagingMark)}%`, `${pattern(trialMark)}%`] };
}

/**
 * Beside its database by name, so that one GRANT on `app\_holdfast\_%` covers all; at most 64 characters. A name that has
 * to be cut gets a hash, or the companions of one database could be taken for those of another that begins alike.
 */
function companion(database: string, suffix: string): string {
  const characters = [...database];
  const room = longest - suffix.length;
  if (characters.length <= room) return database + suffix;
  const hash = createHash('sha256').update(database).digest('hex').slice(0, 8);
  return `${characters.slice(0, room - hash.length - 1).join('')}_${hash}${suffix}`;
}

/** Whether a schema stands beside another one for Holdfast, of whichever database. */
export function isCompanion(schema: string): boolean {
  return [stagingMark, undoMark, trialMark].some((mark) => new RegExp(`${mark}[0-9a-f]{12}$`).test(schema));
}

/** In an undo schema: the definitions of what a rename does not carry (triggers, routines, views, events). */
export const definitionsTable = '__holdfast_definitions';

/** In an undo schema: how far the swap came. */
export const journalTable = '__holdfast_journal';
