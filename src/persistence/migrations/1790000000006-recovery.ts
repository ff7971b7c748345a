import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { bytes, createTable, id, instant, nullable, text } from './columns.js';

/** Whose work it is, in which order backups stand whatever their catalogue, where they come from, and who reads them. */
export class Recovery1790000000006 implements MigrationInterface {
  readonly name = 'Recovery1790000000006';

  async up(runner: QueryRunner): Promise<void> {
    const owner = new TableColumn(text('owner', 32, nullable));
    await runner.addColumn('jobs', owner);
    await runner.addColumns('backups', [
      owner,
      new TableColumn(bytes('ordinal')),
      new TableColumn(text('origin', 16, { default: "'made'" })),
      new TableColumn(instant('keep_until', nullable)),
    ]);
    await this.#fillOrdinals(runner);
    await createTable(runner, {
      name: 'backup_holds',
      columns: [{ ...id, name: 'seq' }, text('backup_id', 36), text('owner', 32), instant('held_until')],
      indices: [{ name: 'ix_backup_holds_backup', columnNames: ['backup_id'] }],
    });
  }

  async #fillOrdinals(runner: QueryRunner): Promise<void> {
    const rows = (await runner.query('SELECT seq, created_at FROM backups ORDER BY seq')) as {
      seq: number;
      created_at: string;
    }[];
    let last = 0;
    for (const { seq, created_at } of rows) {
      last = Math.max(last + 1, new Date(created_at).getTime());
      await runner.query('UPDATE backups SET ordinal = ? WHERE seq = ?', [last, seq]);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('backup_holds');
    await runner.dropColumns('backups', ['owner', 'ordinal', 'origin', 'keep_until']);
    await runner.dropColumn('jobs', 'owner');
  }
}
