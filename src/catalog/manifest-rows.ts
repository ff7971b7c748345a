import type { Manifest } from '../artefacts/artefacts.types.js';
import { folderOf } from './backup-folders.js';
import { BackupEntity } from './backup.entity.js';
import { type ScopeKey, sealedFacts } from './catalog.types.js';

export function scopeOf({ database, project_id }: Manifest): ScopeKey {
  return project_id === null ? { database } : { database, projectId: project_id };
}

/** Where the artefact of this manifest has to stand. */
export function homeOf(manifest: Manifest): string {
  return `${folderOf(scopeOf(manifest))}/${manifest.filename}`;
}

/** The row of a backup that another catalogue, or this one before it was lost, has made. */
export function foundRow(manifest: Manifest): Omit<BackupEntity, 'seq'> {
  const createdAt = new Date(manifest.created_at);
  return {
    id: manifest.id,
    ordinal: manifest.ordinal ?? createdAt.getTime(),
    origin: 'found',
    owner: null,
    scope: manifest.scope,
    database: manifest.database,
    projectId: manifest.project_id,
    projectName: manifest.project_name,
    filename: manifest.filename,
    path: homeOf(manifest),
    status: 'done',
    method: manifest.method,
    description: manifest.description,
    engine: manifest.engine,
    compression: manifest.compression,
    ...sealedFacts(manifest),
    pinned: 0,
    arrival: null,
    keepUntil: manifest.keep_until ? new Date(manifest.keep_until) : null,
    error: null,
    // Users have other numbers in another catalogue; their names stay true.
    createdBy: null,
    createdByName: manifest.created_by_name,
    createdAt,
    startedAt: createdAt,
    finishedAt: new Date(manifest.finished_at),
    verifiedAt: null,
    verifiedLevel: null,
    damage: null,
  };
}
