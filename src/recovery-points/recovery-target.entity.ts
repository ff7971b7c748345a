import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';

/** How old the newest good backup of a scope may become. Of a registration, not of its name: that may be given anew. */
@Entity('recovery_targets')
export class RecoveryTarget {
  @PrimaryColumn({ name: 'database_id', type: 'varchar' })
  databaseId!: string;

  /** Empty for the whole database. */
  @PrimaryColumn({ name: 'project_id', type: 'varchar' })
  projectId!: string;

  @Column({ name: 'target_seconds', type: 'integer' })
  targetSeconds!: number;

  @Column({ name: 'set_by_name', type: 'varchar', nullable: true })
  setByName!: string | null;

  /** Without any backup the age counts from here. */
  @Column({ name: 'set_at', ...instant })
  setAt!: Date;
}
