import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { type AuditAct, type AuditDetails, system } from '../audit/audit.types.js';
import type { JobEntity } from './job.entity.js';
import type { JobContext, JobKind, JobRequest } from './jobs.types.js';

/** These replace or remove what cannot be made again: no entry, no work. */
const destructive: readonly JobKind[] = ['full-restore', 'put-back', 'project-restore', 'drop-undo'];

/** What the audit log says of one job: one entry when it is accepted, one when it has ended. */
export class JobRecord implements Pick<JobContext, 'about' | 'note'> {
  #subject: string | undefined;
  #ended = false;
  #details: AuditDetails;

  constructor(
    private readonly audit: AuditService,
    id: string,
    private readonly request: JobRequest,
  ) {
    this.#subject = request.subject;
    this.#details = { job: id, ...request.details };
  }

  about(subject: string): void {
    this.#subject ??= subject;
  }

  note(details: AuditDetails): void {
    this.#details = { ...this.#details, ...details };
  }

  /** Throws DomainError `audit-unavailable` when a destructive job cannot be written down. */
  async accepted(): Promise<void> {
    if (destructive.includes(this.request.kind)) await this.audit.record(this.#act(), 'started');
    else await this.audit.note(this.#act(), 'started');
  }

  async done(): Promise<void> {
    this.#ended = true;
    await this.audit.note(this.#act(), 'ok');
  }

  /** What goes wrong after the work was done does not undo it. */
  async failed(error: unknown): Promise<void> {
    if (!this.#ended) await this.audit.note(this.#act(), 'failed', error);
  }

  /** Not let in. Anybody may ask for backups without end, so these are counted. */
  async refused(error: unknown): Promise<void> {
    await this.audit.note({ ...this.#act(), often: true }, 'refused', error);
  }

  #act(): AuditAct {
    const { by, kind, database, projectId } = this.request;
    return {
      by,
      action: kind,
      database,
      projectId: projectId ?? null,
      subject: this.#subject ?? null,
      details: this.#details,
    };
  }
}

/** Keeps the audit log's account of the jobs. */
@Injectable()
export class JobAudit {
  constructor(private readonly audit: AuditService) {}

  open(id: string, request: JobRequest): JobRecord {
    return new JobRecord(this.audit, id, request);
  }

  watch<T>(act: AuditAct, work: () => Promise<T>): Promise<T> {
    return this.audit.watch(act, work);
  }

  /** What began, and whose end nobody saw, or did not come to its work. */
  async gaveUp({ id, kind, database, projectId, askedBy }: JobEntity, error: unknown): Promise<void> {
    const act = { by: askedBy ?? system, action: kind, database, projectId, details: { job: id } };
    await this.audit.note(act, 'failed', error);
  }
}
