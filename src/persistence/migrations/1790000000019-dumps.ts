import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bytes, createTable, id, instant, longText, nullable, text, whole } from './columns.js';

/** Files that are published for download, and what of a database's columns may be in one. */
export class Dumps1790000000019 implements MigrationInterface {
  readonly name = 'Dumps1790000000019';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'dumps',
      columns: [
        id,
        text('path', 500, { isUnique: true }),
        whole('public'),
        text('backup_id', 36, nullable),
        text('database_id', 36, nullable),
        text('database_name', 64, nullable),
        text('project_id', 190, nullable),
        bytes('size'),
        text('sha256', 64),
        text('file_identity', 120),
        longText('built'),
        bytes('downloads'),
        bytes('bytes_sent'),
        instant('last_downloaded_at', nullable),
        whole('created_by', nullable),
        text('created_by_name', 190, nullable),
        instant('created_at'),
        instant('updated_at'),
      ],
      indices: [
        { name: 'ix_dumps_backup', columnNames: ['backup_id'] },
        { name: 'ix_dumps_database', columnNames: ['database_id', 'public'] },
      ],
    });
    await createTable(runner, {
      name: 'dump_policies',
      columns: [
        id,
        text('database_id', 36, { isUnique: true }),
        longText('policy', { isNullable: false }),
        text('updated_by_name', 190),
        instant('updated_at'),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('dump_policies');
    await runner.dropTable('dumps');
  }
}
