import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, longText } from './columns.js';

/** What a preview was asked to show beside the mode: a part of the project, and what becomes of missing rows. */
export class PlanChoices1790000000010 implements MigrationInterface {
  readonly name = 'PlanChoices1790000000010';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'restore_plans', [longText('choices')]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('restore_plans', 'choices');
  }
}
