import { Injectable } from '@nestjs/common';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import { CopyRows } from './copy-rows.service.js';

/** Addresses that places themselves hand out, so that what is only there needs not come through this machine. */
@Injectable()
export class PlaceLinks {
  constructor(
    private readonly rows: CopyRows,
    private readonly whole: WholeBackups,
  ) {}

  /**
   * An address that needs no header, for `seconds`, of a backup that is in the backup folder no more; null where there is none,
   * and for a copy that is encrypted: whoever downloads it wants the backup.
   */
  async of(backup: BackupEntity, seconds: number): Promise<string | null> {
    if (await this.whole.isHere(backup)) return null;
    for (const copy of await this.rows.good(backup.id)) {
      if (copy.recipients !== null) continue;
      const link = await this.rows.placeOf(copy)?.link(copy.key, { seconds, filename: backup.filename });
      if (link) return link;
    }
    return null;
  }
}
