import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Between, In, IsNull, Not, Repository } from 'typeorm';
import { BackupEntity } from './backup.entity.js';
import { type ScopeKey, type VerificationLevel, verificationLevels } from './catalog.types.js';
import { FileStatesService } from './file-states.service.js';
import { inScope, newestFirst } from './queries.js';

const pageSize = 10;

/** Which backups show how much of live could be got back: what retention counts, less what was not made of live. */
@Injectable()
export class GoodBackups {
  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly files: FileStatesService,
  ) {}

  /**
   * The newest one that is verified as `level` or better, not damaged, not merely found in the folder, and still there or in a copy. While
   * the backup folder cannot be asked, the catalogue is taken at its word.
   */
  async newest(scope: ScopeKey, level: VerificationLevel): Promise<BackupEntity | null> {
    const levels = verificationLevels.slice(verificationLevels.indexOf(level));
    for (let skip = 0; ; skip += pageSize) {
      const page = await this.backups.find({
        where: {
          ...inScope(scope),
          status: 'done',
          origin: Not('found' as const),
          damage: IsNull(),
          arrival: IsNull(),
          verifiedLevel: In(levels),
        },
        order: newestFirst(),
        skip,
        take: pageSize,
      });
      for (const backup of page) {
        const state = await this.files.stateOf(backup);
        if (['present', 'elsewhere', 'unavailable'].includes(state)) return backup;
      }
      if (page.length < pageSize) return null;
    }
  }

  /** The newest that began between these instants: what one job has made. Null when it was not made of live. */
  async madeBetween(scope: ScopeKey, from: Date, to: Date): Promise<BackupEntity | null | 'none'> {
    const made = await this.backups.findOne({
      where: { ...inScope(scope), status: 'done', startedAt: Between(from, to) },
      order: newestFirst(),
    });
    if (!made) return 'none';
    return made.arrival === null ? made : null;
  }
}
