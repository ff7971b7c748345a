import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { byteCount, instant, json } from '../persistence/columns.js';
import type { BuiltFacts } from './dump.types.js';

/** A file of the backup folder that is published for download, or is kept ready for it. */
@Entity('dumps')
export class DumpEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  /** Relative to the storage's root; no two dumps have the same, so that taking one back takes the file back. */
  @Column({ type: 'varchar' })
  path!: string;

  /** 1: whoever asks for it gets it. */
  @Column({ type: 'integer' })
  public!: number;

  /** The backup whose artefact it is. While the record is there, nothing removes that backup. */
  @Column({ name: 'backup_id', type: 'varchar', nullable: true })
  backupId!: string | null;

  /** Of the registered database that it is a dump of; null for a file of which nobody has said. */
  @Column({ name: 'database_id', type: 'varchar', nullable: true })
  databaseId!: string | null;

  @Column({ name: 'database_name', type: 'varchar', nullable: true })
  database!: string | null;

  @Column({ name: 'project_id', type: 'varchar', nullable: true })
  projectId!: string | null;

  @Column({ ...byteCount })
  size!: number;

  @Column({ type: 'varchar' })
  sha256!: string;

  /** Which file it was when its hash was taken: one that was exchanged or changed has another. */
  @Column({ name: 'file_identity', type: 'varchar' })
  identity!: string;

  /** What went into one that was built for the public; null for any other file. */
  @Column({ ...json, nullable: true })
  built!: BuiltFacts | null;

  /** Answers that brought the file to its last byte. */
  @Column({ ...byteCount })
  downloads!: number;

  @Column({ name: 'bytes_sent', ...byteCount })
  bytesSent!: number;

  @Column({ name: 'last_downloaded_at', ...instant, nullable: true })
  lastDownloadedAt!: Date | null;

  @Column({ name: 'created_by', type: 'integer', nullable: true })
  createdBy!: number | null;

  @Column({ name: 'created_by_name', type: 'varchar', nullable: true })
  createdByName!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'updated_at', ...instant })
  updatedAt!: Date;
}
