import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { DiscoveryService } from '../catalog/discovery.service.js';
import type { ObjectStore } from '../storage/object-store.types.js';
import { StorageService } from '../storage/storage.service.js';
import { UnseenPlaceEntity } from './unseen-place.entity.js';

/**
 * Places beside which an empty catalogue was found: a machine was lost, perhaps. That they have to be looked through stands
 * in the catalogue, which is not empty any more after the first of their backups, however the process ends.
 */
@Injectable()
export class UnseenPlaces {
  constructor(
    @InjectRepository(UnseenPlaceEntity) private readonly rows: Repository<UnseenPlaceEntity>,
    private readonly catalog: DiscoveryService,
    private readonly storage: StorageService,
  ) {}

  /** Before anything is written into a catalogue that may be empty. */
  async remember(): Promise<void> {
    if (!(await this.catalog.isEmpty())) return;
    // Another process may do the same: what is there already stays.
    await this.rows.upsert(
      this.storage.places.map(({ location }) => ({ place: location })),
      ['place'],
    );
  }

  /** Of the configured ones, nearest first. */
  async list(): Promise<ObjectStore[]> {
    const locations = this.storage.places.map(({ location }) => location);
    const unseen = new Set((await this.rows.findBy({ place: In(locations) })).map(({ place }) => place));
    return this.storage.places.filter(({ location }) => unseen.has(location));
  }

  async seen({ location }: ObjectStore): Promise<void> {
    await this.rows.delete({ place: location });
  }
}
