import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, id, instant, longText, nullable, text, whole } from './columns.js';

/** The databases that were registered beside `default`, with what it takes to connect to them, encrypted. */
export class Databases1790000000012 implements MigrationInterface {
  readonly name = 'Databases1790000000012';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'registered_databases',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('name', 63),
        text('folded_name', 63, { isUnique: true }),
        text('engine', 16),
        longText('connection'),
        text('key_id', 16),
        text('project_table', 190, nullable),
        whole('max_backups', nullable),
        whole('max_project_backups', nullable),
        whole('version'),
        text('created_by_name', 190, nullable),
        instant('created_at'),
        instant('updated_at'),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('registered_databases');
  }
}
