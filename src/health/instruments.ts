import { Counter, Gauge, type Registry } from 'prom-client';

const scope = ['database', 'project'] as const;

/** Every number of ours. `project` is empty for a whole database, and its id for a project that has a target. */
export function instruments(registry: Registry) {
  const registers = [registry];
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Gauge<T>({ name: `holdfast_${name}`, help, labelNames, registers });
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter<T>({ name: `holdfast_${name}_total`, help, labelNames, registers });
  return {
    age: gauge(
      'recovery_point_age_seconds',
      'Age of the newest good (verified as readable) and of the newest restorable backup; +Inf without one.',
      [...scope, 'level'],
    ),
    target: gauge('recovery_point_target_seconds', 'How old the newest good backup may become.', scope),
    missed: gauge('recovery_point_missed', '1 when the newest good backup is older than its target.', scope),
    lastSuccess: gauge('backup_last_success_timestamp_seconds', 'When a backup last succeeded.', scope),
    lastFailure: gauge('backup_last_failure_timestamp_seconds', 'When a backup last failed.', scope),
    lastSeconds: gauge(
      'backup_last_duration_seconds',
      'How long the last success took, waiting apart.',
      scope,
    ),
    lastBytes: gauge('backup_last_size_bytes', 'How large the last success is.', scope),
    failures: gauge('backup_consecutive_failures', 'How many backups failed since the last success.', scope),
    projectsFailing: gauge('projects_failing', 'Projects whose last backup failed.', ['database']),
    backups: counter('backups', 'Backups that ended, by outcome: success or failure.', [
      'database',
      'scope',
      'outcome',
    ]),
    seconds: counter('backup_duration_seconds', 'Seconds that all successes took.', ['database', 'scope']),
    bytes: counter('backup_size_bytes', 'Bytes that all successes made.', ['database', 'scope']),
    jobs: gauge('jobs', 'Jobs that wait (queued) or run (running), in all processes.', ['database', 'state']),
    notifications: gauge('notifications', 'Deliveries of the last month, by status.', ['status']),
    copies: gauge('copies', 'Copies in other places, by state; only done ones count.', ['place', 'state']),
    folderFree: gauge('backup_folder_free_bytes', 'Free space in the backup folder.', []),
    folderWritable: gauge('backup_folder_writable', '1 when the backup folder can be written to.', []),
  };
}

export type Instruments = ReturnType<typeof instruments>;
