import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThanOrEqual, Not, Repository } from 'typeorm';
import { DomainError } from '../common/errors.js';
import { BackupEntity } from './backup.entity.js';
import type { ScopeKey } from './catalog.types.js';
import { inScope, newestFirst } from './queries.js';

/** What project restores have replaced: backups that are kept for some days. */
@Injectable()
export class ProjectUndosService {
  constructor(@InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>) {}

  /** Newest first. */
  list(scope: ScopeKey): Promise<BackupEntity[]> {
    return this.backups.find({
      where: { ...inScope(scope), status: 'done', keepUntil: Not(IsNull()) },
      order: newestFirst(),
    });
  }

  /** Throws DomainError `not-found`. */
  async get(scope: ScopeKey, id: string): Promise<BackupEntity> {
    const undo = await this.backups.findOneBy({
      ...inScope(scope),
      id,
      status: 'done',
      keepUntil: Not(IsNull()),
    });
    if (undo) return undo;
    throw new DomainError('not-found', 'There is no such undo; its time is over, or it was removed.');
  }

  /** Where undos stand whose time is over. */
  async scopesOfExpired(now: Date): Promise<ScopeKey[]> {
    const expired = await this.backups.findBy({ status: 'done', keepUntil: LessThanOrEqual(now) });
    const scopes = expired.map(({ database, projectId }): ScopeKey =>
      projectId === null ? { database } : { database, projectId },
    );
    return [...new Map(scopes.map((scope) => [JSON.stringify(scope), scope])).values()];
  }
}
