import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { publicOrigin } from '../common/http/public-origin.js';
import { formatBytes } from '../common/sizes.js';
import { isoTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { DumpView } from './dump-view.js';
import type { DumpBackupDto, DumpDto, DumpMessageDto } from './dumps.dto.js';
import type { ShownDump } from './dumps.types.js';

@Injectable()
export class DumpsPresenter {
  constructor(private readonly settings: Settings) {}

  dump({ dump, state, backup }: ShownDump, request: IncomingMessage, view?: DumpView): DumpDto {
    const { built } = dump;
    const shown: DumpDto = {
      dump_id: dump.id,
      path: dump.path,
      public: dump.public === 1,
      link: this.link(dump.id, request),
      created_at: this.#time(dump.createdAt),
      updated_at: this.#time(dump.updatedAt),
      size: dump.size,
      size_formatted: formatBytes(dump.size),
      sha256: dump.sha256,
      database: dump.database,
      project_id: dump.projectId,
      backup_id: dump.backupId,
      state,
      downloads: dump.downloads,
      bytes_sent: dump.bytesSent,
      last_downloaded_at: dump.lastDownloadedAt && this.#time(dump.lastDownloadedAt),
      created_by_name: dump.createdByName,
      built: built && {
        backup: built.backup,
        tables: built.tables,
        masked: built.masked,
        dropped: built.dropped,
        left_out: built.leftOut,
        notes: built.notes,
      },
      ...(backup !== undefined && { backup: backup && this.#backup(backup) }),
    };
    const fields = view?.fields;
    if (!fields) return shown;
    return Object.fromEntries(
      Object.entries(shown).filter(([name]) => fields.has(name as keyof DumpDto)),
    ) as unknown as DumpDto;
  }

  link(id: number, request: IncomingMessage): string {
    return `${publicOrigin(this.settings.env.HOLDFAST_PUBLIC_URL, request)}/dump/${id}`;
  }

  removed(path: string): DumpMessageDto {
    return { message: `The Dump '${path}' was deleted.` };
  }

  #backup(backup: BackupEntity): DumpBackupDto {
    return {
      id: backup.id,
      filename: backup.filename,
      database: backup.database,
      project_id: backup.projectId,
      created_at: this.#time(backup.createdAt),
      description: backup.description,
      verified_level: backup.verifiedLevel,
    };
  }

  #time(instant: Date): string {
    return isoTime(instant, this.settings.env.HOLDFAST_TIMEZONE);
  }
}
