import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, bytes, createTable, id, instant, longText, nullable, text, whole } from './columns.js';

/** The scope of a row: a database by its id, and a project of it; the empty text stands for the whole database. */
const scope = [text('database_id', 36, { isPrimary: true }), text('project_id', 190, { isPrimary: true })];

/** How old a recovery point may be, what became of the last backups of each scope, and who is told of it. */
export class RecoveryPoints1790000000015 implements MigrationInterface {
  readonly name = 'RecoveryPoints1790000000015';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'backups', [text('arrival', 16, nullable)]);
    await addColumns(runner, 'jobs', [instant('noticed_at', nullable)]);
    // What ended before this version is no news.
    await runner.query('UPDATE jobs SET noticed_at = finished_at WHERE finished_at IS NOT NULL');
    await runner.query('CREATE INDEX ix_jobs_noticed ON jobs (noticed_at)');

    await createTable(runner, {
      name: 'recovery_targets',
      columns: [...scope, whole('target_seconds'), text('set_by_name', 190, nullable), instant('set_at')],
    });
    await createTable(runner, {
      name: 'scope_states',
      columns: [
        ...scope,
        whole('version'),
        text('last_job', 36, nullable),
        whole('failures'),
        instant('failing_since', nullable),
        instant('told_at', nullable),
        instant('absent_since', nullable),
        whole('absence_turns'),
        whole('succeeded_total'),
        whole('failed_total'),
        bytes('ms_total'),
        bytes('bytes_total'),
        bytes('last_ms'),
        bytes('last_bytes'),
        instant('last_success_at', nullable),
        instant('last_failure_at', nullable),
      ],
    });
    await createTable(runner, {
      name: 'sealed_values',
      columns: [text('id', 36, { isPrimary: true }), longText('value'), text('key_id', 16)],
    });
    await this.#notifications(runner);
  }

  async #notifications(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'notification_channels',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('database_id', 36),
        text('project_id', 190),
        whole('include_projects'),
        text('kind', 16),
        text('label', 190, nullable),
        longText('events'),
        text('place', 255),
        whole('active'),
        whole('version'),
        text('created_by_name', 190, nullable),
        instant('created_at'),
        instant('updated_at'),
      ],
      indices: [{ name: 'ix_notification_channels_scope', columnNames: ['database_id', 'project_id'] }],
    });
    await createTable(runner, {
      name: 'notification_deliveries',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('event_key', 255),
        text('channel_id', 36),
        text('event_type', 32),
        longText('event'),
        text('status', 16),
        whole('attempts'),
        longText('error'),
        instant('created_at'),
        instant('due_at', nullable),
        instant('ended_at', nullable),
      ],
      indices: [
        { name: 'ix_deliveries_once', columnNames: ['event_key', 'channel_id'], isUnique: true },
        { name: 'ix_deliveries_due', columnNames: ['status', 'due_at'] },
        { name: 'ix_deliveries_channel', columnNames: ['channel_id', 'seq'] },
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'notification_deliveries',
      'notification_channels',
      'sealed_values',
      'scope_states',
      'recovery_targets',
    ];
    for (const table of tables) await runner.dropTable(table);
    await runner.dropIndex('jobs', 'ix_jobs_noticed');
    await runner.dropColumn('jobs', 'noticed_at');
    await runner.dropColumn('backups', 'arrival');
  }
}
