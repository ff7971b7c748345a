import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';

export type UndoStatus = 'kept' | 'used' | 'expired';

/** What a restore replaced, kept for a time so that it can be put back. */
@Entity('undos')
export class UndoEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  @Column({ name: 'database_name', type: 'varchar' })
  database!: string;

  /** The engine's name for it. */
  @Column({ type: 'varchar' })
  location!: string;

  /** The backup whose restore made it. */
  @Column({ name: 'backup_filename', type: 'varchar' })
  backupFilename!: string;

  @Column({ type: 'varchar' })
  status!: UndoStatus;

  @Column({ name: 'created_by', type: 'integer', nullable: true })
  createdBy!: number | null;

  @Column({ name: 'created_by_name', type: 'varchar', nullable: true })
  createdByName!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'expires_at', ...instant })
  expiresAt!: Date;
}
