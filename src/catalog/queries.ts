import { type FindOptionsOrder, type FindOptionsWhere, IsNull, type Repository } from 'typeorm';
import { BackupEntity } from './backup.entity.js';
import type { ScopeKey, ScopeStats } from './catalog.types.js';

type Backups = Repository<BackupEntity>;

export function newestFirst(descending = true): FindOptionsOrder<BackupEntity> {
  const direction = descending ? 'DESC' : 'ASC';
  return { ordinal: direction, seq: direction };
}

export function inScope({ database, projectId }: ScopeKey): FindOptionsWhere<BackupEntity> {
  return projectId === undefined
    ? { database, scope: 'full', projectId: IsNull() }
    : { database, scope: 'project', projectId };
}

const doneIn = (scope: ScopeKey) => ({ ...inScope(scope), status: 'done' as const });

export function newestOf(backups: Backups, scope: ScopeKey): Promise<BackupEntity | null> {
  return backups.findOne({ where: doneIn(scope), order: newestFirst() });
}

export async function statsOf(backups: Backups, scope: ScopeKey): Promise<ScopeStats> {
  const where = doneIn(scope);
  const [count, bytes, oldest, newest] = await Promise.all([
    backups.countBy(where),
    totalBytes(backups, where),
    backups.findOne({ where, order: newestFirst(false) }),
    newestOf(backups, scope),
  ]);
  return { count, bytes, oldest, newest };
}

async function totalBytes(backups: Backups, where: FindOptionsWhere<BackupEntity>): Promise<number> {
  const row = await backups
    .createQueryBuilder('backup')
    .select('SUM(backup.size)', 'bytes')
    .where(where)
    .getRawOne<{ bytes: number | string | null }>();
  return Number(row?.bytes ?? 0);
}
