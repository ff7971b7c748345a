import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, MoreThanOrEqual, Not, Repository } from 'typeorm';
import { BackupEntity } from '../catalog/backup.entity.js';
import type { BackupFault } from '../catalog/catalog.types.js';
import type { PlaceKind } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import { OffsiteCopy } from './offsite-copy.entity.js';
import type { PlaceStats } from './offsite.types.js';

/** A copy that failed so often is not about to be made; the waits before it add up to some ten minutes. */
const failingAfter = 3;

/** Copies of one scope that cannot be made in a place. */
export interface FailingCopies {
  place: string;
  database: string;
  projectId: string | null;
  count: number;
  /** Why the last of them failed. */
  fault: BackupFault;
}

/** How much is kept where. */
@Injectable()
export class CopyStats {
  constructor(
    @InjectRepository(OffsiteCopy) private readonly copies: Repository<OffsiteCopy>,
    private readonly storage: StorageService,
  ) {}

  /** The good copies in the configured places, or in those of one kind. */
  async of(kind?: PlaceKind): Promise<PlaceStats> {
    const places = this.storage.places.filter((place) => kind === undefined || place.kind === kind);
    const row = await this.copies
      .createQueryBuilder('copy')
      .select('SUM(copy.size)', 'bytes')
      .addSelect('COUNT(*)', 'count')
      .where({ state: 'done', place: In(places.map(({ location }) => location)) })
      .getRawOne<{ bytes: number | string | null; count: number | string }>();
    return { bytes: Number(row?.bytes ?? 0), count: Number(row?.count ?? 0) };
  }

  /** What could not be made in a configured place, for some time now. */
  async failing(): Promise<FailingCopies[]> {
    const rows = await this.copies
      .createQueryBuilder('copy')
      .innerJoin(BackupEntity, 'backup', 'backup.id = copy.backup_id')
      .select('copy.place', 'place')
      .addSelect('backup.database_name', 'database')
      .addSelect('backup.project_id', 'projectId')
      .addSelect('COUNT(*)', 'count')
      .addSelect('MAX(copy.error)', 'error')
      .where({ state: 'waiting', attempts: MoreThanOrEqual(failingAfter), error: Not(IsNull()) })
      .andWhere({ place: In(this.storage.places.map(({ location }) => location)) })
      .groupBy('copy.place')
      .addGroupBy('backup.database_name')
      .addGroupBy('backup.project_id')
      .getRawMany<Omit<FailingCopies, 'fault' | 'count'> & { count: number | string; error: string }>();
    return rows.map(({ count, error, ...scope }) => ({
      ...scope,
      count: Number(count),
      fault: JSON.parse(error) as BackupFault,
    }));
  }

  /** How many there are in each place and state. */
  async counts(): Promise<{ place: string; state: OffsiteCopy['state']; count: number }[]> {
    const rows = await this.copies
      .createQueryBuilder('copy')
      .select('copy.place', 'place')
      .addSelect('copy.state', 'state')
      .addSelect('COUNT(*)', 'count')
      .groupBy('copy.place')
      .addGroupBy('copy.state')
      .getRawMany<{ place: string; state: OffsiteCopy['state']; count: number | string }>();
    return rows.map(({ place, state, count }) => ({ place, state, count: Number(count) }));
  }
}
