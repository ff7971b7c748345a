import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Not, Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
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
    private readonly audit: AuditService,
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

  /** Of whatever database or project, by its id or by where its artefact stands; null when there is none. */
  async find(which: { id: string } | { path: string }): Promise<BackupEntity | null> {
    const found = await this.backups.findOneBy({ ...which, status: Not<BackupStatus>('removing') });
    // MySQL may compare without regard to case; we do not.
    return found && ('id' in which || found.path === which.path) ? found : null;
  }

  /** Forgets a backup that came to nothing, of which there is no file. Throws DomainError `conflict` for any other. */
  async forget({ id, database, projectId, filename, status }: BackupEntity, by: Actor): Promise<void> {
    const act = { by, action: 'delete-backup', database, projectId, subject: filename } as const;
    await this.audit.guard({ ...act, details: { reason: 'asked for', status } }, async () => {
      const ended = In<BackupStatus>(['error', 'cancelled']);
      const { affected } = await this.backups.delete({ id, status: ended });
      if (affected !== 1)
        throw new DomainError('conflict', 'This backup has not ended yet. Delete it afterwards.');
    });
  }
}
