import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bytes, createTable, instant, text } from './columns.js';

/** Which contents of documents were read and found right, so that not every verification reads them all. */
export class Documents1790000000018 implements MigrationInterface {
  readonly name = 'Documents1790000000018';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'document_blobs',
      columns: [
        text('sha256', 64, { isPrimary: true }),
        bytes('bytes'),
        bytes('modified_ms'),
        instant('verified_at'),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('document_blobs');
  }
}
