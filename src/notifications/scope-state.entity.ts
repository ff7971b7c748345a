import { Column, Entity, PrimaryColumn } from 'typeorm';
import { byteCount, instant } from '../persistence/columns.js';

/** What became of the last backups of a scope: a database, or one project in it. */
@Entity('scope_states')
export class ScopeState {
  @PrimaryColumn({ name: 'database_id', type: 'varchar' })
  databaseId!: string;

  /** Empty for the whole database. */
  @PrimaryColumn({ name: 'project_id', type: 'varchar' })
  projectId!: string;

  /** Grows with each backup: whoever changes it must have seen the one before. */
  @Column({ type: 'integer' })
  version!: number;

  /** The job that was counted last. */
  @Column({ name: 'last_job', type: 'varchar', nullable: true })
  lastJob!: string | null;

  /** How many backups failed since the last success. */
  @Column({ type: 'integer' })
  failures!: number;

  @Column({ name: 'failing_since', ...instant, nullable: true })
  failingSince!: Date | null;

  /** When somebody was last told of a failure. */
  @Column({ name: 'told_at', ...instant, nullable: true })
  toldAt!: Date | null;

  /** Since when the recovery point is known to be older than its target. */
  @Column({ name: 'absent_since', ...instant, nullable: true })
  absentSince!: Date | null;

  /** How often that has changed; `version` does not grow with it. */
  @Column({ name: 'absence_turns', type: 'integer' })
  absenceTurns!: number;

  @Column({ name: 'succeeded_total', type: 'integer' })
  succeededTotal!: number;

  @Column({ name: 'failed_total', type: 'integer' })
  failedTotal!: number;

  /** Of all successes. */
  @Column({ name: 'ms_total', ...byteCount })
  msTotal!: number;

  @Column({ name: 'bytes_total', ...byteCount })
  bytesTotal!: number;

  /** Of the last success. */
  @Column({ name: 'last_ms', ...byteCount, nullable: true })
  lastMs!: number | null;

  @Column({ name: 'last_bytes', ...byteCount, nullable: true })
  lastBytes!: number | null;

  @Column({ name: 'last_success_at', ...instant, nullable: true })
  lastSuccessAt!: Date | null;

  @Column({ name: 'last_failure_at', ...instant, nullable: true })
  lastFailureAt!: Date | null;
}
