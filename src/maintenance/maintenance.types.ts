/** `exchange`: live and its replacement change places. `project-restore`: a project's rows are being written. */
export type MaintenanceReason = 'exchange' | 'project-restore';

/** What others have to wait for. */
export interface Maintenance {
  database: string;
  /** Null for the whole database. */
  projectId: string | null;
  reason: MaintenanceReason;
  since: Date;
  /** When it is over at the latest, unless it is renewed until then. */
  until: Date;
}
