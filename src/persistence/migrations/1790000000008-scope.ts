import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, id, instant, longText, nullable, text, whole } from './columns.js';

/** The scope plans that somebody has accepted; what came since makes project backups partial. */
export class Scope1790000000008 implements MigrationInterface {
  readonly name = 'Scope1790000000008';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'accepted_scopes',
      columns: [
        { ...id, name: 'seq' },
        text('database_name', 64),
        text('digest', 64),
        longText('tables', { isNullable: false }),
        whole('accepted_by', nullable),
        text('accepted_by_name', 190),
        instant('accepted_at'),
      ],
      indices: [{ name: 'ix_accepted_scopes_database', columnNames: ['database_name'] }],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('accepted_scopes');
  }
}
