import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant, json } from '../persistence/columns.js';
import type { JobFault, JobKind, JobStatus } from './jobs.types.js';

/** One run: what was asked, by whom, and how far it came. Status never moves back. */
@Entity('jobs')
export class JobEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  @Column({ type: 'varchar' })
  kind!: JobKind;

  @Column({ name: 'database_name', type: 'varchar' })
  database!: string;

  @Column({ name: 'project_id', type: 'varchar', nullable: true })
  projectId!: string | null;

  @Column({ type: 'varchar' })
  status!: JobStatus;

  /** The process that runs it; see OwnerService. */
  @Column({ type: 'varchar', nullable: true })
  owner!: string | null;

  @Column({ type: 'varchar', nullable: true })
  phase!: string | null;

  @Column({ ...json, nullable: true })
  result!: unknown;

  @Column({ ...json, nullable: true })
  error!: JobFault | null;

  @Column({ name: 'created_by', type: 'integer', nullable: true })
  createdBy!: number | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'started_at', ...instant, nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'finished_at', ...instant, nullable: true })
  finishedAt!: Date | null;
}
