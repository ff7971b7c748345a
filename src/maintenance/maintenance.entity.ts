import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';
import type { MaintenanceReason } from './maintenance.types.js';

/** A lease: it ends at `until`, whatever becomes of the process that took it. */
@Entity('maintenance')
export class MaintenanceEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  @Column({ name: 'database_name', type: 'varchar' })
  database!: string;

  /** Null for the whole database. */
  @Column({ name: 'project_id', type: 'varchar', nullable: true })
  projectId!: string | null;

  @Column({ type: 'varchar' })
  reason!: MaintenanceReason;

  @Column(instant)
  since!: Date;

  @Column(instant)
  until!: Date;
}
