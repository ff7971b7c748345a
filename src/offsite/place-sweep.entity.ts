import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';

/** A place in which somebody looks for what no list names any more. Nothing is copied there meanwhile. */
@Entity('offsite_sweeps')
export class PlaceSweepEntity {
  /** The place's location. */
  @PrimaryColumn({ type: 'varchar' })
  place!: string;

  /** Until then, unless it says that it is still at it. */
  @Column({ name: 'held_until', ...instant })
  heldUntil!: Date;
}
