import { Entity, PrimaryColumn } from 'typeorm';

/** A place that may hold backups of a machine that was lost, and has not been looked through to its end. */
@Entity('offsite_unseen')
export class UnseenPlaceEntity {
  /** The place's location. */
  @PrimaryColumn({ type: 'varchar' })
  place!: string;
}
