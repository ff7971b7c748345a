import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, id, instant, longText, nullable, text, whole } from './columns.js';

/** Which projects were made of which backups, and which of their ids became which. */
export class Copies1790000000009 implements MigrationInterface {
  readonly name = 'Copies1790000000009';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'project_copies',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('database_name', 64),
        text('project_id', 190),
        text('backup_id', 36),
        text('backup_filename', 255),
        text('new_project_id', 190),
        longText('new_project_name'),
        longText('functions'),
        text('secret', 64),
        whole('created_by', nullable),
        longText('created_by_name'),
        instant('created_at'),
        instant('finished_at', nullable),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('project_copies');
  }
}
