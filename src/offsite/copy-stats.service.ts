import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import type { PlaceKind } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import { OffsiteCopy } from './offsite-copy.entity.js';
import type { PlaceStats } from './offsite.types.js';

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
