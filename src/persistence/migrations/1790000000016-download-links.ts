import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bytes, createTable, id, instant, nullable, text, whole } from './columns.js';

/** Links by which somebody without an account downloads one backup. The tokens in them are not kept. */
export class DownloadLinks1790000000016 implements MigrationInterface {
  readonly name = 'DownloadLinks1790000000016';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'download_links',
      columns: [
        { ...id, name: 'seq' },
        text('id', 36, { isUnique: true }),
        text('backup_id', 36),
        text('database_name', 64),
        text('project_id', 190, nullable),
        whole('single_use'),
        whole('created_by'),
        text('created_by_name', 190),
        instant('created_at'),
        instant('expires_at'),
        instant('delivering_until'),
        bytes('sent'),
        bytes('delivered'),
        instant('used_at', nullable),
        instant('revoked_at', nullable),
      ],
      indices: [{ name: 'ix_download_links_backup', columnNames: ['backup_id'] }],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('download_links');
  }
}
