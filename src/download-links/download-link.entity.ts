import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { byteCount, instant } from '../persistence/columns.js';

/** A link to one backup. What its address proves is in no row: see link-token.ts. */
@Entity('download_links')
export class DownloadLink {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  @Column({ name: 'backup_id', type: 'varchar' })
  backupId!: string;

  @Column({ name: 'database_name', type: 'varchar' })
  database!: string;

  /** Null for a full backup. */
  @Column({ name: 'project_id', type: 'varchar', nullable: true })
  projectId!: string | null;

  /** 1: for one whole download. */
  @Column({ name: 'single_use', type: 'integer' })
  singleUse!: number;

  /** 0 while the service asks nobody who they are. */
  @Column({ name: 'created_by', type: 'integer' })
  createdBy!: number;

  @Column({ name: 'created_by_name', type: 'varchar' })
  createdByName!: string;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'expires_at', ...instant })
  expiresAt!: Date;

  /** Of a link for one download: until then one is under way. */
  @Column({ name: 'delivering_until', ...instant })
  deliveringUntil!: Date;

  /** Bytes that went out by a link for one download, also more than once. */
  @Column({ ...byteCount })
  sent!: number;

  /** Up to here, from the file's beginning, they have all gone out. */
  @Column({ ...byteCount })
  delivered!: number;

  @Column({ name: 'used_at', ...instant, nullable: true })
  usedAt!: Date | null;

  @Column({ name: 'revoked_at', ...instant, nullable: true })
  revokedAt!: Date | null;
}
