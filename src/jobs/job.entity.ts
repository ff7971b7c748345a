import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Actor } from '../audit/audit.types.js';
import type { RequestContext } from '../common/http/request-context.js';
import { instant, json } from '../persistence/columns.js';
import type { JobFault, JobKind, JobProgress, JobStatus } from './jobs.types.js';

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

  /** The process that runs it, see OwnerService; null: any process may take it. */
  @Column({ type: 'varchar', nullable: true })
  owner!: string | null;

  @Column({ type: 'varchar', nullable: true })
  phase!: string | null;

  @Column({ ...json, nullable: true })
  progress!: JobProgress | null;

  @Column({ ...json, nullable: true })
  result!: unknown;

  @Column({ ...json, nullable: true })
  error!: JobFault | null;

  @Column({ name: 'created_by', type: 'integer', nullable: true })
  createdBy!: number | null;

  /** Who wants it to end before its time. */
  @Column({ name: 'cancelled_by', type: 'varchar', nullable: true })
  cancelledBy!: string | null;

  /** What any process can do it by, see Operations; null: only the process that was asked can. */
  @Column({ type: 'varchar', nullable: true })
  operation!: string | null;

  @Column({ ...json, nullable: true })
  args!: unknown;

  @Column({ name: 'asked_by', ...json, nullable: true })
  askedBy!: Actor | null;

  @Column({ ...json, nullable: true })
  origin!: RequestContext | null;

  /** How many processes have begun it. */
  @Column({ type: 'integer', nullable: true })
  attempts!: number | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'started_at', ...instant, nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'finished_at', ...instant, nullable: true })
  finishedAt!: Date | null;

  /** When those were told who want to know of its end; see JobLedger. */
  @Column({ name: 'noticed_at', ...instant, nullable: true })
  noticedAt!: Date | null;
}
