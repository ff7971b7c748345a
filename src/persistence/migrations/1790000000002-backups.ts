import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bytes, createTable, id, instant, longText, nullable, text, whole } from './columns.js';

/** What backups exist, what runs, and what restores have replaced. */
export class Backups1790000000002 implements MigrationInterface {
  readonly name = 'Backups1790000000002';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'backups',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('scope', 16),
        text('database_name', 64),
        text('project_id', 190, nullable),
        text('project_name', 255, nullable),
        text('filename', 255),
        text('path', 500, { isUnique: true }),
        text('status', 16),
        text('method', 16),
        longText('description'),
        text('engine', 16),
        text('compression', 16),
        bytes('size'),
        text('sha256', 64, nullable),
        whole('pinned', { default: 0 }),
        longText('contents'),
        longText('error'),
        whole('created_by', nullable),
        text('created_by_name', 190, nullable),
        instant('created_at'),
        instant('started_at', nullable),
        instant('finished_at', nullable),
        instant('verified_at', nullable),
      ],
      indices: [
        {
          name: 'ix_backups_scope',
          columnNames: ['database_name', 'scope', 'project_id', 'status', 'seq'],
        },
      ],
    });
    await createTable(runner, {
      name: 'jobs',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('kind', 32),
        text('database_name', 64),
        text('project_id', 190, nullable),
        text('status', 16),
        text('phase', 64, nullable),
        longText('result'),
        longText('error'),
        whole('created_by', nullable),
        instant('created_at'),
        instant('started_at', nullable),
        instant('finished_at', nullable),
      ],
      indices: [{ name: 'ix_jobs_status', columnNames: ['status'] }],
    });
    await createTable(runner, {
      name: 'undos',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('database_name', 64),
        text('location', 500),
        text('backup_filename', 255),
        text('status', 16),
        whole('created_by', nullable),
        text('created_by_name', 190, nullable),
        instant('created_at'),
        instant('expires_at'),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['undos', 'jobs', 'backups']) await runner.dropTable(table);
  }
}
