import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/auth.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { BackupHistory } from '../catalog/backup-history.service.js';
import { CatalogService } from '../catalog/catalog.service.js';
import type { ListedBackup } from '../catalog/catalog.types.js';
import { Elsewhere } from '../catalog/elsewhere.types.js';
import { DomainError } from '../common/errors.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { Copier } from '../offsite/copier.service.js';
import { CopyStats } from '../offsite/copy-stats.service.js';
import type { PlaceStats } from '../offsite/offsite.types.js';
import type { OffsiteBackupDto } from './offsite-backups.dto.js';
import { OffsiteBackupsPresenter } from './offsite-backups.presenter.js';
import { FullBackupsService } from './full-backups.service.js';

/** The contract of section 5 knows one database. */
const database = 'default';

/** Full backups of `default` that have ended when their copies are made. */
@Injectable()
export class OffsiteBackupsService {
  constructor(
    private readonly backups: FullBackupsService,
    private readonly catalog: CatalogService,
    private readonly history: BackupHistory,
    private readonly elsewhere: Elsewhere,
    private readonly copier: Copier,
    private readonly stats: CopyStats,
    private readonly present: OffsiteBackupsPresenter,
  ) {}

  /**
   * The backup is made as any other, and then its copies, now. Throws DomainError `storage-unavailable` when one could not be
   * made: the backup stays, and the copy is tried again.
   */
  create(
    choice: { description: string | null; withDocuments: boolean },
    caller: Caller,
  ): Promise<StartedJob<OffsiteBackupDto>> {
    return this.backups.create(database, choice, caller, async (backup, job) => {
      job.phase('copy');
      const failed = await this.copier.copyNow(backup, job.signal);
      if (failed) {
        const next = 'It will be tried again; the list of backups tells what became of it.';
        throw new DomainError(
          failed.code,
          `The backup ${backup.filename} was made, but not copied: ${failed.detail} ${next}`,
        );
      }
      const copies = (await this.elsewhere.copiesOf([backup.id])).get(backup.id) ?? [];
      return this.present.backup(backup, copies);
    });
  }

  list(page: { offset: number; limit: number; oldestFirst?: boolean }): Promise<[ListedBackup[], number]> {
    return this.backups.list(database, page);
  }

  async placeStats(): Promise<{ all: PlaceStats; cloudinary: PlaceStats }> {
    const [all, cloudinary] = await Promise.all([this.stats.of(), this.stats.of('cloudinary')]);
    return { all, cloudinary };
  }

  /** Throws DomainError `not-found`. */
  async filename(id: string): Promise<string> {
    const { filename, status } = await this.history.get({ database }, id);
    if (status === 'done') return filename;
    throw new DomainError('not-found', 'There is no such backup. The list of backups has the ids.');
  }

  /** The backup and every copy of it. Returns how many copies have to wait until their places are there again. */
  async remove(id: string, caller: Caller): Promise<{ backup: BackupEntity; left: number }> {
    const backup = await this.catalog.get({ database }, await this.filename(id));
    await this.catalog.remove(backup, { by: caller, reason: 'asked for' });
    return { backup, left: await this.copier.removeNow(backup.id) };
  }
}
