import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, id, instant, longText, nullable, text, whole } from './columns.js';

/** When databases and projects are backed up by themselves, and what is kept then. */
export class Schedules1790000000014 implements MigrationInterface {
  readonly name = 'Schedules1790000000014';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'schedules',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('database_id', 36),
        text('database_name', 63),
        text('project_id', 190, nullable),
        text('cron', 200),
        text('zone', 64),
        whole('enabled'),
        whole('jitter_seconds'),
        whole('catch_up'),
        longText('retention'),
        longText('description'),
        instant('next_run'),
        instant('next_due'),
        instant('last_planned', nullable),
        longText('last_outcome'),
        text('last_job', 36, nullable),
        text('taken_by', 64, nullable),
        whole('version'),
        text('created_by_name', 190, nullable),
        instant('created_at'),
        instant('updated_at'),
      ],
      indices: [
        { name: 'ix_schedules_due', columnNames: ['enabled', 'next_due'] },
        { name: 'ix_schedules_database', columnNames: ['database_id'] },
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('schedules');
  }
}
