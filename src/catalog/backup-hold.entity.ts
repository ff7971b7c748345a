import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';

/** Some process reads this backup and says so until then; it renews while it reads. */
@Entity('backup_holds')
export class BackupHoldEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ name: 'backup_id', type: 'varchar' })
  backupId!: string;

  /** The process that reads it; see OwnerService. */
  @Column({ type: 'varchar' })
  owner!: string;

  @Column({ name: 'held_until', ...instant })
  heldUntil!: Date;
}
