import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { DomainError } from '../common/errors.js';
import { BackupEntity } from './backup.entity.js';
import type { Removal } from './catalog.types.js';
import { Elsewhere } from './elsewhere.types.js';
import { HoldsService } from './holds.service.js';

/** How much of a backup is kept, and whether it may go at all. */
@Injectable()
export class BackupKeeping {
  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly artefacts: ArtefactsService,
    private readonly holds: HoldsService,
    private readonly elsewhere: Elsewhere,
    private readonly audit: AuditService,
  ) {}

  /**
   * Removes a backup's files from the backup folder and keeps its copies, from which whoever reads it brings it back. Throws
   * as CatalogService.remove, and DomainError `conflict` when there is no good copy.
   */
  async leaveElsewhere(backup: BackupEntity, { by, reason }: Removal): Promise<void> {
    const { id, database, projectId, filename, sha256, path } = backup;
    const act = { by, action: 'delete-backup', database, projectId, subject: filename } as const;
    await this.audit.guard({ ...act, details: { reason, sha256, copies: 'kept' } }, async () => {
      if (await this.holds.isHeld(id)) throw new DomainError('conflict', 'The backup is being read.');
      const copies = (await this.elsewhere.copiesOf([id])).get(id) ?? [];
      if (!copies.some(({ isGood }) => isGood)) {
        throw new DomainError('conflict', 'There is no good copy of the backup.');
      }
      await this.artefacts.remove(path);
    });
  }

  /** Keeps a backup from being removed by anybody, until the pin is taken off. Throws DomainError `not-found`. */
  async pin(backup: BackupEntity, pinned: boolean): Promise<BackupEntity> {
    const where = { id: backup.id, status: 'done' as const };
    const { affected } = await this.backups.update(where, { pinned: Number(pinned) });
    // MySQL counts the rows that it changed.
    if (affected !== 1 && !(await this.backups.existsBy(where))) {
      throw new DomainError('not-found', 'The backup is gone.');
    }
    return Object.assign(backup, { pinned: Number(pinned) });
  }
}
