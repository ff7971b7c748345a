import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';

/** A preview that somebody may still act upon. */
@Entity('restore_plans')
export class RestorePlanEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  @Column({ name: 'backup_id', type: 'varchar' })
  backupId!: string;

  @Column({ type: 'varchar' })
  mode!: string;

  /** SHA-256 over the project's rows as the preview saw them. */
  @Column({ name: 'rows_digest', type: 'varchar' })
  rowsDigest!: string;

  @Column({ name: 'created_by', type: 'integer' })
  createdBy!: number;

  @Column({ name: 'expires_at', ...instant })
  expiresAt!: Date;
}
