import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, IsNull, LessThanOrEqual, MoreThan, Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { AuditAct } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { KeyRing } from '../databases/secrets/key-ring.service.js';
import { PlaceLinks } from '../offsite/place-links.service.js';
import { DownloadLink } from './download-link.entity.js';
import type { LinkWish, MadeLink } from './download-links.types.js';
import { signToken } from './link-token.js';

/** What the keys of the tokens are derived for; another text is another key. */
export const keyPurpose = 'download links';

/** Links that were made: to which backup, for how long, and whether somebody took them back. */
@Injectable()
export class DownloadLinksService {
  constructor(
    @InjectRepository(DownloadLink) private readonly links: Repository<DownloadLink>,
    private readonly ring: KeyRing,
    private readonly placeLinks: PlaceLinks,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** A link ends with the API token that it was made with, if that is sooner. Throws DomainError `conflict` for a backup that is not done. */
  async make(backup: BackupEntity, { expiresIn, singleUse }: LinkWish, caller: Caller): Promise<MadeLink> {
    if (backup.status !== 'done') {
      throw new DomainError('conflict', `This backup is ${backup.status}: there is nothing to download.`);
    }
    const now = this.clock.now();
    const link = this.links.create({
      id: newId(),
      backupId: backup.id,
      database: backup.database,
      projectId: backup.projectId,
      singleUse: Number(singleUse),
      createdBy: caller.id,
      createdByName: caller.name.slice(0, 190),
      createdAt: now,
      expiresAt: earlier(new Date(now.getTime() + expiresIn * 1000), caller.apiToken?.expiresAt),
      deliveringUntil: now,
      sent: 0,
      delivered: 0,
      usedAt: null,
      revokedAt: null,
    });
    const details = { link: link.id, expires_at: link.expiresAt.toISOString(), single_use: singleUse };
    const act = { ...actOn(backup, caller), action: 'make-download-link', details } as const;
    return this.audit.watch(act, async () => {
      const [key] = await this.ring.keysFor(keyPurpose);
      if (!key) throw new Error('A key ring without a key');
      await this.links.delete({ expiresAt: LessThanOrEqual(now) });
      await this.links.insert(link);
      const claims = { linkId: link.id, expiresAt: link.expiresAt };
      const seconds = Math.floor((link.expiresAt.getTime() - now.getTime()) / 1000);
      const direct = singleUse ? null : await this.placeLinks.of(backup, seconds);
      const target = { database: backup.database, backupId: backup.id };
      return { link, direct, token: signToken(target, claims, key) };
    });
  }

  /** Those that still lead to the backup, newest first. */
  list(backup: BackupEntity): Promise<DownloadLink[]> {
    return this.links.find({ where: this.#open(backup), order: { seq: 'DESC' } });
  }

  /** Ends one link of a backup, or all. Returns how many. Throws DomainError `not-found` for one that leads nowhere any more. */
  async revoke(backup: BackupEntity, id: string | undefined, caller: Caller): Promise<number> {
    const which = { ...this.#open(backup), ...(id !== undefined && { id }) };
    const { affected } = await this.links.update(which, { revokedAt: this.clock.now() });
    const revoked = affected ?? 0;
    if (id !== undefined && revoked === 0) {
      throw new DomainError('not-found', 'This backup has no such link, or not any more.');
    }
    const details = { revoked, ...(id !== undefined && { link: id }) };
    await this.audit.note({ ...actOn(backup, caller), action: 'revoke-download-link', details }, 'ok');
    return revoked;
  }

  #open({ id: backupId }: BackupEntity): FindOptionsWhere<DownloadLink> {
    return { backupId, usedAt: IsNull(), revokedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
  }
}

function actOn({ database, projectId, filename }: BackupEntity, by: Caller): Omit<AuditAct, 'action'> {
  return { by, database, projectId, subject: filename };
}

function earlier(one: Date, other: Date | null | undefined): Date {
  return other && other < one ? other : one;
}
