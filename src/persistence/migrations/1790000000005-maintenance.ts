import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, id, instant, nullable, text } from './columns.js';

/** Moments in which others must wait for a restore, as leases that every process sees. */
export class Maintenance1790000000005 implements MigrationInterface {
  readonly name = 'Maintenance1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'maintenance',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('database_name', 64),
        text('project_id', 190, nullable),
        text('reason', 32),
        instant('since'),
        instant('until'),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('maintenance');
  }
}
