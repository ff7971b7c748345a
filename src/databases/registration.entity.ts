import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';

/** A database that was registered beside `default`. */
@Entity('registered_databases')
export class Registration {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  /** Part of routes and of the folders of its backups; never changes. */
  @Column({ type: 'varchar' })
  name!: string;

  /** In lower case: two names that differ in case only would share a folder on some file systems. */
  @Column({ name: 'folded_name', type: 'varchar' })
  foldedName!: string;

  @Column({ type: 'varchar' })
  engine!: string;

  /** A DatabaseAddress as JSON, sealed for `id` (secrets/sealed-value.ts). */
  @Column({ type: 'text' })
  connection!: string;

  /** The key that opens `connection`. */
  @Column({ name: 'key_id', type: 'varchar' })
  keyId!: string;

  /** Null: as HOLDFAST_PROJECT_TABLE says. */
  @Column({ name: 'project_table', type: 'varchar', nullable: true })
  projectTable!: string | null;

  /** Null: as HOLDFAST_MAX_BACKUPS says; the next likewise. */
  @Column({ name: 'max_backups', type: 'integer', nullable: true })
  maxBackups!: number | null;

  @Column({ name: 'max_project_backups', type: 'integer', nullable: true })
  maxProjectBackups!: number | null;

  /** Grows with each change that other processes must see. */
  @Column({ type: 'integer' })
  version!: number;

  @Column({ name: 'created_by_name', type: 'varchar', nullable: true })
  createdByName!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'updated_at', ...instant })
  updatedAt!: Date;
}
