import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { BackupHistory } from '../catalog/backup-history.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import { Clock } from '../common/clock.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { KeyRing } from '../databases/secrets/key-ring.service.js';
import { DownloadLink } from './download-link.entity.js';
import { keyPurpose } from './download-links.service.js';
import type { Delivery, Sent } from './download-links.types.js';
import { LinkHolders } from './link-holders.service.js';
import { type LinkTarget, readToken } from './link-token.js';
import { SingleDownloads } from './single-downloads.service.js';

/** Who comes with a link gets the backup, as long as the link leads to it. */
@Injectable()
export class DeliveriesService {
  constructor(
    @InjectRepository(DownloadLink) private readonly links: Repository<DownloadLink>,
    private readonly ring: KeyRing,
    private readonly holders: LinkHolders,
    private readonly once: SingleDownloads,
    private readonly databases: DatabasesService,
    private readonly history: BackupHistory,
    private readonly whole: WholeBackups,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws DomainError `not-found` for a token that is none of ours for this backup, and then has asked the catalogue nothing;
   * `gone` for one that was good.
   */
  async open(target: LinkTarget, token: unknown): Promise<Delivery> {
    const claims = readToken(token, target, await this.ring.keysFor(keyPurpose));
    if (!claims) throw new DomainError('not-found', 'There is nothing here. Ask for a new link.');
    if (claims.expiresAt <= this.clock.now()) throw gone('has expired');
    const link = await this.links.findOneBy({ id: claims.linkId, backupId: target.backupId });
    if (!link || link.revokedAt) throw gone('was revoked');
    if (link.usedAt) throw gone('was for one download, which has been made');
    if (!(await this.holders.mayStill(link)))
      throw gone('was made by somebody who may not download this any more');
    const backup = await this.#backupOf(link);
    return { link, backup, path: await this.whole.path(backup) };
  }

  async #backupOf({ database, projectId, backupId }: DownloadLink): Promise<BackupEntity> {
    const scope = { database, ...(projectId !== null && { projectId }) };
    const backup = await this.history.get(scope, backupId).catch((error: unknown) => {
      if (isDomainError(error) && error.code === 'not-found') return null;
      throw error;
    });
    if (this.databases.idOf(database) === null || backup?.status !== 'done') {
      throw gone('led to a backup that is there no more');
    }
    return backup;
  }

  /**
   * Sends by a link, and keeps account of it. Throws DomainError `rate-limited` for a link for one download while one is under
   * way.
   *
   * @param cut ends the answer: the link leads nowhere any more.
   */
  async deliver(
    { link, backup }: Delivery,
    send: () => Promise<Sent | null>,
    cut: () => void,
  ): Promise<void> {
    const noted = () => this.#note(link, backup).then(send);
    if (link.singleUse === 0) await noted();
    else await this.once.during(link, backup.size ?? 0, noted, cut);
  }

  /** Who downloads is not known; whose link it is, is. */
  async #note({ id, createdBy, createdByName }: DownloadLink, backup: BackupEntity): Promise<void> {
    const by = { id: null, name: `a download link of ${createdByName}`, via: 'download-link' } as const;
    const { database, projectId, filename } = backup;
    const details = { link: id, made_by: createdBy };
    const act = { by, action: 'download-backup', database, projectId, subject: filename, details } as const;
    await this.audit.note({ ...act, often: id }, 'ok');
  }
}

function gone(why: string): DomainError {
  return new DomainError('gone', `This link ${why}. Ask for a new one.`);
}
