import { Injectable, Logger } from '@nestjs/common';
import { GoodBackups } from '../catalog/good-backups.service.js';
import { Clock } from '../common/clock.js';
import { problems } from '../common/problem-details.js';
import { DatabasesService } from '../databases/databases.service.js';
import type { DatabaseIdentity } from '../databases/databases.types.js';
import { JobEntity } from '../jobs/job.entity.js';
import { JobLedger } from '../jobs/job-ledger.service.js';
import type { JobFault, JobKind } from '../jobs/jobs.types.js';
import type { WatchedScope } from '../recovery-points/recovery-points.types.js';
import { madeByJob } from './made-by-job.js';
import type { EventType } from './notifications.types.js';
import { Outbox } from './outbox.service.js';
import { ScopeStates } from './scope-states.service.js';
import { afterBackup, type BackupOutcome } from './transitions.js';

const atOnce = 100;

const backups: readonly JobKind[] = ['full-backup', 'project-backup'];
const restores: readonly JobKind[] = ['full-restore', 'project-restore', 'project-copy', 'put-back'];

/**
 * Notices the ends of jobs in the catalogue, whichever process ran them and however they ended, and writes down what is to be
 * told. Everything is written under a key of the job's, and the job is marked last: what a crash interrupts, or two
 * processes do at once, comes out once.
 */
@Injectable()
export class JobWatch {
  readonly #log = new Logger('notifications');
  /** Jobs that could not be noticed, whose failure was logged. */
  readonly #stuck = new Set<string>();

  constructor(
    private readonly ledger: JobLedger,
    private readonly databases: DatabasesService,
    private readonly backups: GoodBackups,
    private readonly states: ScopeStates,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * One look at the jobs that ended since the last. One that cannot be noticed now holds up those of its own scope, whose turn
   * comes after it, and no other.
   */
  async look(): Promise<void> {
    const heldUp = new Set<string>();
    for (const job of await this.ledger.unnoticed(atOnce)) {
      const scope = JSON.stringify([job.database, job.projectId]);
      if (!heldUp.has(scope) && !(await this.#noticed(job))) heldUp.add(scope);
    }
  }

  async #noticed(job: JobEntity): Promise<boolean> {
    try {
      const isDone = await this.#notice(job);
      this.#stuck.delete(job.id);
      return isDone;
    } catch (error) {
      if (!this.#stuck.has(job.id)) {
        this.#log.warn({ msg: 'the end of a job could not be noticed yet', job: job.id, err: error });
      }
      this.#stuck.add(job.id);
      return false;
    }
  }

  /** False when the next look has to come back to it. */
  async #notice(job: JobEntity): Promise<boolean> {
    const database = await this.#identify(job.database);
    // Nobody is told of a database that is no longer registered, nor of what was cancelled.
    if (database && job.status !== 'cancelled') {
      if (backups.includes(job.kind)) return this.#noticeBackup(job, database);
      if (job.error) await this.#tellFailure(job, job.error, database);
    }
    await this.ledger.markNoticed(job.id);
    return true;
  }

  /** Null when it is no longer registered. Another process may have registered it a moment ago. */
  async #identify(name: string): Promise<DatabaseIdentity | null> {
    if (this.databases.idOf(name) === null) await this.databases.refresh();
    const id = this.databases.idOf(name);
    return id === null ? null : { id, name };
  }

  async #noticeBackup(job: JobEntity, database: DatabaseIdentity): Promise<boolean> {
    const scope: WatchedScope = { database, projectId: job.projectId };
    const at = job.finishedAt ?? this.clock.now();
    const state = await this.states.of(scope);
    // In this order: who marked the job has changed the state before.
    if (!(await this.ledger.isUnnoticed(job.id))) return true;
    if (state.lastJob !== job.id) {
      const { changes, events } = afterBackup(state, await this.#outcomeOf(job), at);
      for (const { type, message, details } of events) {
        const event = { ...scope, type, message, details: { job_id: job.id, ...details }, occurredAt: at };
        await this.outbox.add(`${job.id}:${type}`, event);
      }
      // Another process is at it; the next look sees what became of that.
      if (!(await this.states.change(state, { ...changes, lastJob: job.id }))) return false;
    }
    await this.ledger.markNoticed(job.id);
    return true;
  }

  async #outcomeOf(job: JobEntity): Promise<BackupOutcome> {
    const { database, projectId, error, startedAt, finishedAt, result } = job;
    if (error) return { ok: false, error };
    if (!startedAt || !finishedAt) return { ok: true, made: null };
    const key = projectId === null ? { database } : { database, projectId };
    const row = await this.backups.madeBetween(key, startedAt, finishedAt);
    // The retention of a later backup may have removed it already; it was made all the same.
    const backup = row === 'none' ? madeByJob(result) : row;
    if (!backup) return { ok: true, made: null };
    const { id, filename, size } = backup;
    return { ok: true, made: { id, filename, size, ms: finishedAt.getTime() - startedAt.getTime() } };
  }

  async #tellFailure(job: JobEntity, error: JobFault, database: DatabaseIdentity): Promise<void> {
    const failure = failureOf(job.kind, error);
    if (!failure) return;
    await this.outbox.add(`${job.id}:${failure.type}`, {
      ...failure,
      database,
      projectId: job.projectId,
      occurredAt: job.finishedAt ?? this.clock.now(),
      details: { job_id: job.id, error },
    });
  }
}

/** Null for what is nobody's fault but the asker's, who was told: a restore that was refused, a file that is not there. */
function failureOf(kind: JobKind, { code, detail }: JobFault): { type: EventType; message: string } | null {
  // It may have been written down by another version.
  const status = code in problems ? problems[code].status : 500;
  if (status !== 422 && status < 500) return null;
  if (kind === 'verification') {
    return { type: 'verification.failed', message: `A backup could not be verified: ${detail}` };
  }
  if (restores.includes(kind)) return { type: 'restore.failed', message: `A restore failed: ${detail}` };
  return null;
}
