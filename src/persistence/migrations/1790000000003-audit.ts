import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, instant, longText, nullable, text, whole } from './columns.js';

/** Who did what: a chain of entries. The two unique hashes keep writers who race from making two ends of it. */
export class Audit1790000000003 implements MigrationInterface {
  readonly name = 'Audit1790000000003';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'audit_entries',
      columns: [
        whole('seq', { isPrimary: true }),
        instant('at'),
        whole('actor_id', nullable),
        text('actor_name', 190),
        text('actor_via', 32),
        whole('actor_token', nullable),
        text('address', 64, nullable),
        text('request_id', 128, nullable),
        text('action', 32),
        text('database_name', 64, nullable),
        text('project_id', 190, nullable),
        text('subject', 255, nullable),
        text('outcome', 16),
        text('error_code', 32, nullable),
        longText('details', { isNullable: false }),
        text('prev_hash', 64, { isUnique: true }),
        text('hash', 64, { isUnique: true }),
      ],
      indices: [
        { name: 'ix_audit_action', columnNames: ['action', 'seq'] },
        { name: 'ix_audit_actor', columnNames: ['actor_id', 'seq'] },
        { name: 'ix_audit_subject', columnNames: ['subject', 'seq'] },
      ],
    });
    if (runner.connection.options.type === 'mysql') return;
    for (const statement of appendOnly) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_entries');
  }
}

/**
 * SQLite only: a MySQL with a binary log lets none but administrators make triggers. The third is for INSERT OR REPLACE,
 * which removes rows without asking the second.
 */
const appendOnly = [
  refuse('update', 'BEFORE UPDATE ON audit_entries'),
  refuse('delete', 'BEFORE DELETE ON audit_entries'),
  refuse(
    'replace',
    `BEFORE INSERT ON audit_entries WHEN EXISTS (SELECT 1 FROM audit_entries
      WHERE seq = NEW.seq OR prev_hash = NEW.prev_hash OR hash = NEW.hash)`,
  ),
];

function refuse(what: string, event: string): string {
  return `CREATE TRIGGER audit_entries_no_${what} ${event}
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END`;
}
