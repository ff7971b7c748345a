import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';
import { DomainError } from '../common/errors.js';
import { BackupEntity } from './backup.entity.js';
import { CatalogService } from './catalog.service.js';
import type { BackupStatus, ScopeKey } from './catalog.types.js';
import { inScope, newestFirst } from './queries.js';

export interface HistoryPage {
  offset: number;
  limit: number;
  oldestFirst: boolean;
  /** Absent: whatever became of them. */
  status?: BackupStatus;
}

/** Every backup that was asked for, also what waits, runs or failed; what is being removed is gone. */
@Injectable()
export class BackupHistory {
  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly catalog: CatalogService,
  ) {}

  /** What is new in the backup folder is among them. Returns one page, and how many there are in all. */
  async list(
    scope: ScopeKey,
    { offset, limit, oldestFirst, status }: HistoryPage,
  ): Promise<[BackupEntity[], number]> {
    await this.catalog.unlisted(scope);
    return this.backups.findAndCount({
      where: { ...inScope(scope), status: status ?? Not<BackupStatus>('removing') },
      order: newestFirst(!oldestFirst),
      skip: offset,
      take: limit,
    });
  }

  /** Throws DomainError `not-found`, also for a backup of another database. */
  async get(scope: ScopeKey, id: string): Promise<BackupEntity> {
    const found = await this.backups.findOneBy({
      ...inScope(scope),
      id,
      status: Not<BackupStatus>('removing'),
    });
    if (!found) {
      throw new DomainError(
        'not-found',
        'There is no such backup of this database. The list of its backups has the ids.',
      );
    }
    return found;
  }
}
