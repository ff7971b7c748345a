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

  /** All that was chosen, as JSON; null in a plan of an older version. */
  @Column({ type: 'text', nullable: true })
  choices!: string | null;

  /** SHA-256 over the project's rows as the preview saw them. */
  @Column({ name: 'rows_digest', type: 'varchar' })
  rowsDigest!: string;

  @Column({ name: 'created_by', type: 'integer' })
  createdBy!: number;

  @Column({ name: 'expires_at', ...instant })
  expiresAt!: Date;
}
