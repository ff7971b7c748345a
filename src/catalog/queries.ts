import { type FindOptionsOrder, type FindOptionsWhere, IsNull } from 'typeorm';
import { BackupEntity } from './backup.entity.js';
import type { ScopeKey } from './catalog.types.js';

export function newestFirst(descending = true): FindOptionsOrder<BackupEntity> {
  const direction = descending ? 'DESC' : 'ASC';
  return { ordinal: direction, seq: direction };
}

export function inScope({ database, projectId }: ScopeKey): FindOptionsWhere<BackupEntity> {
  return projectId === undefined
    ? { database, scope: 'full', projectId: IsNull() }
    : { database, scope: 'project', projectId };
}
