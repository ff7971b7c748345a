import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { isoTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { DownloadLink } from './download-link.entity.js';
import type {
  ArchiveDto,
  DownloadLinkDto,
  DownloadLinkListDto,
  RevokedLinksDto,
} from './download-links.dto.js';
import type { MadeLink } from './download-links.types.js';
import { publicOrigin } from '../common/http/public-origin.js';

@Injectable()
export class DownloadLinksPresenter {
  constructor(private readonly settings: Settings) {}

  archive({ link, token, direct }: MadeLink, request: IncomingMessage): ArchiveDto {
    const origin = publicOrigin(this.settings.env.HOLDFAST_PUBLIC_URL, request);
    const { id, database, backupId, expiresAt, singleUse } = link;
    return {
      download_url:
        direct ?? `${origin}/api/databases/${database}/backups/${backupId}/download?token=${token}`,
      expires_at: this.#time(expiresAt),
      single_use: singleUse === 1,
      link_id: id,
    };
  }

  list(links: readonly DownloadLink[]): DownloadLinkListDto {
    return { links: links.map((link) => this.#link(link)), total: links.length };
  }

  #link({ id, createdAt, createdByName, expiresAt, singleUse }: DownloadLink): DownloadLinkDto {
    return {
      id,
      created_at: this.#time(createdAt),
      created_by_name: createdByName,
      expires_at: this.#time(expiresAt),
      single_use: singleUse === 1,
    };
  }

  revoked(count: number): RevokedLinksDto {
    return { success: true, message: `Links that lead nowhere any more: ${count}.`, revoked: count };
  }

  #time(instant: Date): string {
    return isoTime(instant, this.settings.env.HOLDFAST_TIMEZONE);
  }
}
