import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, createTable, instant, longText, nullable, text, whole } from './columns.js';

/** Jobs that any process can do, and the processes that do them. */
export class Jobs1790000000013 implements MigrationInterface {
  readonly name = 'Jobs1790000000013';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'processes',
      columns: [
        text('id', 36, { isPrimary: true }),
        text('purpose', 16),
        text('host', 255),
        whole('beat'),
        instant('started_at'),
      ],
    });
    await createTable(runner, {
      name: 'job_lanes',
      columns: [text('lane', 190, { isPrimary: true }), text('job_id', 36), text('owner', 36)],
    });
    await addColumns(runner, 'jobs', [
      text('operation', 64, nullable),
      longText('args'),
      longText('asked_by'),
      longText('origin'),
      longText('progress'),
      text('cancelled_by', 190, nullable),
      whole('attempts', nullable),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['operation', 'args', 'asked_by', 'origin', 'progress', 'cancelled_by', 'attempts'])
      await runner.dropColumn('jobs', name);
    for (const table of ['job_lanes', 'processes']) await runner.dropTable(table);
  }
}
