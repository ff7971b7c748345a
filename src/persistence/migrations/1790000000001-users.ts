import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, id, instant, nullable, text, whole } from './columns.js';

/** Who may call: users, their API tokens, and their roles in projects. */
export class Users1790000000001 implements MigrationInterface {
  readonly name = 'Users1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'users',
      columns: [
        id,
        text('email', 190, { isUnique: true }),
        text('name', 190),
        text('password_hash', 255, nullable),
        text('role', 16),
        text('external_subject', 255, { isNullable: true, isUnique: true }),
        instant('created_at'),
        instant('updated_at'),
      ],
    });
    await createTable(runner, {
      name: 'api_tokens',
      columns: [
        id,
        whole('user_id'),
        text('name', 190),
        text('role', 16),
        text('token_hash', 64, { isUnique: true }),
        instant('created_at'),
        instant('expires_at', nullable),
        instant('last_used_at', nullable),
      ],
      foreignKeys: [
        {
          name: 'fk_api_tokens_user',
          columnNames: ['user_id'],
          referencedTableName: 'users',
          referencedColumnNames: ['id'],
          onDelete: 'CASCADE',
        },
      ],
    });
    await createTable(runner, {
      name: 'project_members',
      columns: [
        text('database_name', 64, { isPrimary: true }),
        text('project_id', 190, { isPrimary: true }),
        whole('user_id', { isPrimary: true }),
        text('role', 16),
        instant('created_at'),
      ],
      foreignKeys: [
        {
          name: 'fk_project_members_user',
          columnNames: ['user_id'],
          referencedTableName: 'users',
          referencedColumnNames: ['id'],
          onDelete: 'CASCADE',
        },
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['project_members', 'api_tokens', 'users']) await runner.dropTable(table);
  }
}
