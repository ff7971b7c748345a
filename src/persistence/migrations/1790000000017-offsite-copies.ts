import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bytes, createTable, id, instant, longText, nullable, text, whole } from './columns.js';

/** Copies of artefacts in places other than the backup folder: one row for each backup and place. */
export class OffsiteCopies1790000000017 implements MigrationInterface {
  readonly name = 'OffsiteCopies1790000000017';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'offsite_copies',
      columns: [
        { ...id, name: 'seq' },
        text('backup_id', 36),
        text('place', 400),
        text('path', 500),
        text('object_key', 500),
        text('state', 16),
        whole('attempts'),
        instant('due_at', nullable),
        instant('claimed_until', nullable),
        bytes('size'),
        text('sha256', 64, nullable),
        longText('recipients'),
        longText('url'),
        longText('error'),
        instant('made_at', nullable),
        instant('checked_at', nullable),
        instant('look_at', nullable),
        whole('held', { default: 0 }),
      ],
      indices: [
        { name: 'ux_offsite_copies', columnNames: ['backup_id', 'place'], isUnique: true },
        { name: 'ix_offsite_copies_due', columnNames: ['state', 'due_at'] },
      ],
    });
    await createTable(runner, {
      name: 'offsite_sweeps',
      columns: [text('place', 400, { isPrimary: true }), instant('held_until')],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('offsite_sweeps');
    await runner.dropTable('offsite_copies');
  }
}
