import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, id, instant, text, whole } from './columns.js';

/** What a preview has shown, for the restore that refers to it. */
export class RestorePlans1790000000007 implements MigrationInterface {
  readonly name = 'RestorePlans1790000000007';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'restore_plans',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('backup_id', 36),
        text('mode', 16),
        text('rows_digest', 64),
        whole('created_by'),
        instant('expires_at'),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('restore_plans');
  }
}
