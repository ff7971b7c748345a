import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, longText, nullable, text } from './columns.js';

/** How far the restore of a backup was proven, and what was found wrong with it. */
export class Verification1790000000004 implements MigrationInterface {
  readonly name = 'Verification1790000000004';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'backups', [text('verified_level', 16, nullable), longText('damage')]);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['verified_level', 'damage']) await runner.dropColumn('backups', column);
  }
}
