import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, text } from './columns.js';

/** Places for copies that a new catalogue has not looked through to their end. */
export class UnseenPlaces1790000000020 implements MigrationInterface {
  readonly name = 'UnseenPlaces1790000000020';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'offsite_unseen',
      columns: [text('place', 400, { isPrimary: true })],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('offsite_unseen');
  }
}
