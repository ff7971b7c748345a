import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { byteCount, instant, json } from '../persistence/columns.js';
import type {
  Arrival,
  BackupContentsSummary,
  BackupFault,
  BackupMethod,
  BackupOrigin,
  BackupScope,
  BackupStatus,
  Damage,
  VerificationLevel,
} from './catalog.types.js';

/** One artefact, from the moment in which it was asked for. */
@Entity('backups')
export class BackupEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  /**
   * The order in time, whatever the clock did, also of backups that another catalogue knew: milliseconds since 1970,
   * pushed on where the clock went back (a hybrid logical clock).
   */
  @Column({ ...byteCount })
  ordinal!: number;

  /** Whether this catalogue saw it being made. */
  @Column({ type: 'varchar', default: 'made' })
  origin!: BackupOrigin;

  /** The process that makes it; see OwnerService. */
  @Column({ type: 'varchar', nullable: true })
  owner!: string | null;

  @Column({ type: 'varchar' })
  scope!: BackupScope;

  @Column({ name: 'database_name', type: 'varchar' })
  database!: string;

  @Column({ name: 'project_id', type: 'varchar', nullable: true })
  projectId!: string | null;

  @Column({ name: 'project_name', type: 'varchar', nullable: true })
  projectName!: string | null;

  @Column({ type: 'varchar' })
  filename!: string;

  /** Relative to the storage's root. */
  @Column({ type: 'varchar' })
  path!: string;

  @Column({ type: 'varchar' })
  status!: BackupStatus;

  @Column({ type: 'varchar' })
  method!: BackupMethod;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'varchar' })
  engine!: string;

  @Column({ type: 'varchar' })
  compression!: string;

  @Column({ ...byteCount, nullable: true })
  size!: number | null;

  @Column({ type: 'varchar', nullable: true })
  sha256!: string | null;

  @Column({ type: 'integer', default: 0 })
  pinned!: number;

  /** Null: made of what was live. Anything else says nothing of how much of live can be got back. */
  @Column({ type: 'varchar', nullable: true })
  arrival!: Arrival | null;

  /** Of the undo of a restore: it is kept until then, and removed afterwards. */
  @Column({ name: 'keep_until', ...instant, nullable: true })
  keepUntil!: Date | null;

  @Column({ ...json, nullable: true })
  contents!: BackupContentsSummary | null;

  @Column({ ...json, nullable: true })
  error!: BackupFault | null;

  @Column({ name: 'created_by', type: 'integer', nullable: true })
  createdBy!: number | null;

  @Column({ name: 'created_by_name', type: 'varchar', nullable: true })
  createdByName!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'started_at', ...instant, nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'finished_at', ...instant, nullable: true })
  finishedAt!: Date | null;

  @Column({ name: 'verified_at', ...instant, nullable: true })
  verifiedAt!: Date | null;

  @Column({ name: 'verified_level', type: 'varchar', nullable: true })
  verifiedLevel!: VerificationLevel | null;

  @Column({ ...json, nullable: true })
  damage!: Damage | null;
}
