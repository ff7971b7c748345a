import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError, errorCodeOf } from '../../../common/errors.js';
import type { ForeignKey, Row, RowSelection, RowWriter } from '../../rows.types.js';
import { fromCell } from './cells.js';
import {
  claimSql,
  danglingRows,
  deleteAllSql,
  deleteByKeySql,
  deleteClaimedSql,
  insertSql,
  orphanedReferences,
} from './row-sql.js';
import { SqliteRowReader } from './row-reader.js';
import { allRows, bound } from './row-stream.js';

/** After so many rows, other work gets its turn. */
const turn = 500;

/** SQLite takes at most 32,766 parameters in a statement. */
const mostParameters = 30_000;

const duplicateKey = ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_ROWID'];

/** In a transaction that has taken SQLite's one write lock, so that nobody else writes until it ends. */
export class SqliteRowWriter extends SqliteRowReader implements RowWriter {
  readLocked(selection: RowSelection): AsyncIterable<Row[]> {
    return this.read(selection);
  }

  async insert(table: string, columns: string[], rows: Row[]): Promise<void> {
    const statement = this.connection.prepare(insertSql(table, columns));
    await inTurns(rows, (row) => {
      try {
        statement.run(row.map(fromCell));
      } catch (error) {
        throw refusedRow(error, table);
      }
    });
  }

  async remove(selection: RowSelection, keys: Row[]): Promise<number> {
    const statement = this.connection.prepare(deleteByKeySql(selection, this.collate));
    let removed = 0;
    await inTurns(keys, (values) => {
      removed += statement.run(...bound({ rootKey: selection.rootKey, values })).changes;
    });
    return removed;
  }

  claim(selection: RowSelection, keys: Row[]): Promise<number> {
    const atOnce = Math.floor(mostParameters / selection.key.length);
    let claimed = 0;
    for (let from = 0; from < keys.length; from += atOnce) {
      const some = keys.slice(from, from + atOnce);
      const statement = this.connection
        .prepare<unknown[], number>(claimSql(selection, some.length, this.collate))
        .pluck();
      claimed += statement.get(...bound({ rootKey: selection.rootKey, values: some.flat() })) ?? 0;
    }
    return Promise.resolve(claimed);
  }

  async removeClaimed(selection: RowSelection, keys: Row[]): Promise<number> {
    const statement = this.connection.prepare(deleteClaimedSql(selection));
    let removed = 0;
    await inTurns(keys, (values) => {
      removed += statement.run(...bound({ values })).changes;
    });
    return removed;
  }

  removeAll(selection: RowSelection): Promise<number> {
    const statement = this.connection.prepare(deleteAllSql(selection, this.collate));
    return Promise.resolve(statement.run(...bound({ rootKey: selection.rootKey })).changes);
  }

  danglingRows(selection: RowSelection, foreignKey: ForeignKey, limit: number): Promise<Row[]> {
    const query = danglingRows(selection, foreignKey, this.integersOf(selection.table), this.collate);
    return allRows(this.connection, query, { rootKey: selection.rootKey, values: [limit] });
  }

  async orphanedReferences(
    table: string,
    foreignKey: ForeignKey,
    values: Row[],
    limit: number,
  ): Promise<Row[]> {
    const atOnce = Math.floor(mostParameters / foreignKey.columns.length);
    const found: Row[] = [];
    for (let from = 0; from < values.length && found.length < limit; from += atOnce) {
      const some = values.slice(from, from + atOnce);
      const query = orphanedReferences(table, foreignKey, some.length);
      const parameters = { values: [...some.flat(), limit - found.length] };
      found.push(...(await allRows(this.connection, query, parameters)));
    }
    return found;
  }
}

async function inTurns<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (const [at, item] of items.entries()) {
    if (at > 0 && at % turn === 0) await nextTurn();
    work(item);
  }
}

function refusedRow(error: unknown, table: string): unknown {
  const code = errorCodeOf(error) ?? '';
  if (duplicateKey.includes(code)) {
    return new DomainError(
      'conflict',
      `The table ${table} already has a row with one of these keys. Nothing was changed.`,
      {
        cause: error,
      },
    );
  }
  if (!code.startsWith('SQLITE_CONSTRAINT') && !code.startsWith('SQLITE_MISMATCH')) return error;
  return new DomainError('artefact-unfit', `${constraintAtFault(error, table)}. Nothing was changed.`, {
    cause: error,
  });
}

/** Of a null where there must be none, SQLite's message names the column, and no value. */
function constraintAtFault(error: unknown, table: string): string {
  const column = error instanceof Error && /^NOT NULL constraint failed: (.+)$/.exec(error.message)?.[1];
  if (column) return `The table ${table} refuses a row: ${column} may not be null`;
  return `A constraint of the table ${table} refuses a row`;
}
