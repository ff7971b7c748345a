import type { Maintenance } from './maintenance.types.js';

/** What has to wait, and until when at the latest; renewed while it lasts. */
export class MaintenanceDto {
  database!: string;
  /** null for the whole database */
  project_id!: string | null;
  /** exchange: live and its replacement change places; project-restore: a project's rows are being written */
  reason!: string;
  since!: string;
  /** over by then, unless it is renewed */
  until!: string;

  static of({ database, projectId, reason, since, until }: Maintenance): MaintenanceDto {
    return {
      database,
      project_id: projectId,
      reason,
      since: since.toISOString(),
      until: until.toISOString(),
    };
  }
}

export class MaintenanceListDto {
  maintenance!: MaintenanceDto[];
  total!: number;
}
