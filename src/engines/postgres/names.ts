import { createHash } from 'node:crypto';

/** PostgreSQL cuts longer names off, in bytes. */
const longest = 63;
const stagingMark = '_holdfast_s_';
const undoMark = '_holdfast_u_';

/** The database in which a backup is loaded before live is touched; also what a replacement is about to drop. */
export function stagingDatabase(database: string, id: string): string {
  return companion(database, stagingMark + id);
}

/** The database that keeps what a restore replaced. */
export function undoDatabase(database: string, id: string): string {
  return companion(database, undoMark + id);
}

/**
 * Beside its database by name. A name that has to be cut gets a hash, or the companions of one database could be taken
 * for those of another that begins alike.
 */
function companion(database: string, suffix: string): string {
  const room = longest - Buffer.byteLength(suffix);
  if (Buffer.byteLength(database) <= room) return database + suffix;
  const hash = createHash('sha256').update(database).digest('hex').slice(0, 8);
  let kept = '';
  for (const character of database) {
    if (Buffer.byteLength(kept + character) > room - hash.length - 1) break;
    kept += character;
  }
  return `${kept}_${hash}${suffix}`;
}

/** Whether a name is that of a companion, of whichever database. */
export function isCompanion(name: string): boolean {
  return name.includes(stagingMark) || name.includes(undoMark);
}

/** Whose companion a name is by its form; null when it is none of this database's. */
export function companionKind(database: string, name: string): 'staging' | 'undo' | null {
  for (const [kind, mark] of [
    ['staging', stagingMark],
    ['undo', undoMark],
  ] as const) {
    const at = name.lastIndexOf(mark);
    if (at !== -1 && companion(database, name.slice(at)) === name) return kind;
  }
  return null;
}
