import { idInPaths } from '../common/path-names.js';
import type { ScopeKey } from './catalog.types.js';

/** Where the backups of a scope stand in the storage. Described for strangers in docs/format.md. */
export function folderOf({ database, projectId }: ScopeKey): string {
  const folder = projectId === undefined ? 'full' : `userbackups/${idInPaths(projectId)}`;
  return database === 'default' ? folder : `databases/${database}/${folder}`;
}
