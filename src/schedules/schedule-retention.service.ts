import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import type { ScopeKey } from '../catalog/catalog.types.js';
import { badInput } from '../common/http/validation.js';
import { DatabasesService } from '../databases/databases.service.js';
import { RetentionService } from '../retention/retention.service.js';
import type { CleanupReport, RetentionRules } from '../retention/retention.types.js';
import { faultsOf } from './retention-rules.js';
import { policyOf, SchedulePolicies } from './schedule-policies.js';
import { SchedulesService } from './schedules.service.js';

/** Retention of a schedule's scope: of all its backups, by all its policies. */
@Injectable()
export class ScheduleRetention {
  constructor(
    private readonly schedules: SchedulesService,
    private readonly policies: SchedulePolicies,
    private readonly retention: RetentionService,
    private readonly databases: DatabasesService,
    private readonly audit: AuditService,
  ) {}

  /** What would be removed; with `rules`, if the schedule had these. Throws DomainError `not-found`, `bad-input`. */
  async preview(database: string, id: string, rules?: RetentionRules): Promise<CleanupReport> {
    const faults = rules ? faultsOf(rules) : [];
    if (faults.length > 0) throw badInput(faults);
    const { scope, keepNewest } = await this.#scopeOf(database, id);
    const all = await this.policies.schedulesOf(scope);
    const schedules = all.map((schedule) =>
      policyOf(rules && schedule.id === id ? Object.assign(schedule, { retention: rules }) : schedule),
    );
    return this.retention.apply(scope, keepNewest, { dryRun: true, schedules });
  }

  /** Removes it. Throws DomainError `not-found`, and what a removal throws. */
  async apply(database: string, id: string, by: Actor): Promise<CleanupReport> {
    const { scope, keepNewest } = await this.#scopeOf(database, id);
    const details = { schedule: id, keep_newest: keepNewest };
    const act = { by, action: 'cleanup', database, projectId: scope.projectId ?? null, details } as const;
    return this.audit.guard(act, () => this.retention.apply(scope, keepNewest, { by }));
  }

  async #scopeOf(database: string, id: string) {
    const { projectId } = await this.schedules.get(database, id);
    const { maxBackups, maxProjectBackups } = this.databases.get(database);
    const scope: ScopeKey = projectId === null ? { database } : { database, projectId };
    return { scope, keepNewest: projectId === null ? maxBackups : maxProjectBackups };
  }
}
