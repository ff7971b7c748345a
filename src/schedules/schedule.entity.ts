import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant, json } from '../persistence/columns.js';
import type { RetentionRules } from '../retention/retention.types.js';
import type { Outcome } from './schedules.types.js';

/** When a database, or one project of it, is backed up by itself, and what is kept then. */
@Entity('schedules')
export class Schedule {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  /** A database that is registered again under the same name is another one. */
  @Column({ name: 'database_id', type: 'varchar' })
  databaseId!: string;

  @Column({ name: 'database_name', type: 'varchar' })
  database!: string;

  /** Null: the whole database. */
  @Column({ name: 'project_id', type: 'varchar', nullable: true })
  projectId!: string | null;

  @Column({ type: 'varchar' })
  cron!: string;

  /** IANA. */
  @Column({ type: 'varchar' })
  zone!: string;

  @Column({ type: 'integer' })
  enabled!: number;

  @Column({ name: 'jitter_seconds', type: 'integer' })
  jitterSeconds!: number;

  @Column({ name: 'catch_up', type: 'integer' })
  catchUp!: number;

  @Column({ ...json, nullable: true })
  retention!: RetentionRules | null;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  /** The occurrence that is waited for. Whoever moves it on in the catalogue is the one who runs it. */
  @Column({ name: 'next_run', ...instant })
  nextRun!: Date;

  /** `nextRun` with its jitter. */
  @Column({ name: 'next_due', ...instant })
  nextDue!: Date;

  @Column({ name: 'last_planned', ...instant, nullable: true })
  lastPlanned!: Date | null;

  /** What became of `lastPlanned`. */
  @Column({ name: 'last_outcome', ...json, nullable: true })
  lastOutcome!: Outcome | null;

  /** The last backup's job, named before it exists; a skipped or missed occurrence has none. */
  @Column({ name: 'last_job', type: 'varchar', nullable: true })
  lastJob!: string | null;

  /** The process that has taken `lastPlanned` and has not yet said what became of it; see OwnerService. */
  @Column({ name: 'taken_by', type: 'varchar', nullable: true })
  takenBy!: string | null;

  /** Grows with each change that people make. */
  @Column({ type: 'integer' })
  version!: number;

  @Column({ name: 'created_by_name', type: 'varchar', nullable: true })
  createdByName!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'updated_at', ...instant })
  updatedAt!: Date;
}
