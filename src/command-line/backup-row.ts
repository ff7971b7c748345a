import type { BackupEntity } from '../catalog/backup.entity.js';
import type { FileState } from '../catalog/catalog.types.js';

/** A backup as the command line shows it. Sizes are bytes, times ISO 8601 in UTC. */
export function backupRow(backup: BackupEntity, state: FileState) {
  return {
    filename: backup.filename,
    created_at: backup.createdAt.toISOString(),
    size: backup.size,
    state,
    origin: backup.origin,
    verified: backup.damage ? 'damaged' : backup.verifiedLevel,
    keep_until: backup.keepUntil?.toISOString() ?? null,
    description: backup.description,
    database: backup.database,
    project_id: backup.projectId,
    sha256: backup.sha256,
    created_by_name: backup.createdByName,
    tables: backup.contents?.tables ?? {},
    documents: backup.contents?.documents ?? null,
    warnings: backup.contents?.warnings ?? [],
  };
}
