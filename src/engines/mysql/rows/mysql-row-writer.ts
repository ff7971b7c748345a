import { inParts } from '../../../common/in-parts.js';
import { anyOf } from '../../sql-conditions.js';
import { leadsThroughItself, tablesOf } from '../../ownership-walk.js';
import type { ForeignKey, Row, RowSelection, RowWriter } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { insertStatements } from './insert-sql.js';
import { hasOneOf } from './key-sql.js';
import { MysqlRowReader } from './mysql-row-reader.js';
import { ownershipWays } from './ownership-sql.js';
import { selectDangling, selectOrphaned } from './reference-sql.js';
import { readList } from './select-sql.js';
import { type Columns, type TableColumns } from './table-columns.js';

/** Below 1000, from which on MariaDB turns a list into a table of its own and no longer goes by the index. */
const keysPerStatement = 900;

export class MysqlRowWriter extends MysqlRowReader implements RowWriter {
  readLocked(selection: RowSelection): AsyncIterable<Row[]> {
    return this.stream(selection, true);
  }

  async insert(table: string, columns: string[], rows: Row[]): Promise<void> {
    const kinds = await this.catalog.of(table);
    for (const { sql, values } of insertStatements(kinds, columns, rows, this.session.maxPacketBytes)) {
      if (values.length > 0) await this.session.runWith(sql, values, table);
      else await this.session.run(sql, table);
    }
  }

  async remove(selection: RowSelection, keys: Row[]): Promise<number> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    const own = columns(selection.table);
    // IS TRUE keeps the server from joining downwards from the root for each batch of keys: it begins at the keys.
    const owned = `(${anyOf(ownersWays(selection, columns))}) IS TRUE`;
    const parts = inParts(keys, keysPerStatement);
    const conditions = parts.map((some) => `${hasOneOf(own, selection.key, some)} AND ${owned}`);
    if (!leadsThroughItself(selection)) return this.#deleteWhere(selection.table, conditions);
    // Servers refuse to delete from a table that the statement also reads (error 1093), so the rows are found first.
    const found: Row[] = [];
    const select = `SELECT ${readList(own, selection.key)} FROM ${quoteName(selection.table)} t`;
    for (const condition of conditions) {
      found.push(...(await this.cells(`${select} WHERE ${condition} FOR UPDATE`, own, selection.key)));
    }
    return this.#deleteKeys(own, selection.key, found);
  }

  async claim(selection: RowSelection, keys: Row[]): Promise<number> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    const own = columns(selection.table);
    const owned = `(${anyOf(ownersWays(selection, columns))}) IS TRUE`;
    const select = `SELECT ${readList(own, selection.key)} FROM ${quoteName(selection.table)} t`;
    let claimed = 0;
    for (const some of inParts(keys, keysPerStatement)) {
      const sql = `${select} WHERE ${hasOneOf(own, selection.key, some)} AND ${owned} FOR UPDATE`;
      claimed += (await this.cells(sql, own, selection.key)).length;
    }
    return claimed;
  }

  async removeClaimed({ table, key }: RowSelection, keys: Row[]): Promise<number> {
    return this.#deleteKeys(await this.catalog.of(table), key, keys);
  }

  async removeAll(selection: RowSelection): Promise<number> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    // One statement for each way to the root: an OR of them would make the server read the whole table.
    if (!leadsThroughItself(selection)) {
      return this.#deleteWhere(selection.table, ownersWays(selection, columns));
    }
    const keys: Row[] = [];
    for await (const rows of this.readLocked({ ...selection, columns: selection.key })) keys.push(...rows);
    return this.#deleteKeys(columns(selection.table), selection.key, keys);
  }

  async danglingRows(selection: RowSelection, foreignKey: ForeignKey, limit: number): Promise<Row[]> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    const sql = selectDangling(selection, foreignKey, columns, limit);
    return this.cells(sql, columns(selection.table), selection.columns);
  }

  async orphanedReferences(
    table: string,
    foreignKey: ForeignKey,
    values: Row[],
    limit: number,
  ): Promise<Row[]> {
    const columns = await this.catalog.of(table);
    const found: Row[] = [];
    for (const some of inParts(values, keysPerStatement)) {
      if (found.length >= limit) break;
      const sql = selectOrphaned(columns, foreignKey, some, limit - found.length);
      found.push(...(await this.cells(sql, columns, foreignKey.columns)));
    }
    return found;
  }

  #deleteKeys(own: TableColumns, key: string[], keys: Row[]): Promise<number> {
    const parts = inParts(keys, keysPerStatement);
    return this.#deleteWhere(
      own.table,
      parts.map((some) => hasOneOf(own, key, some)),
    );
  }

  /** In the syntax for several tables: only there does MariaDB turn subqueries into a join. */
  async #deleteWhere(table: string, conditions: string[]): Promise<number> {
    let removed = 0;
    for (const condition of conditions) {
      removed += await this.session.run(`DELETE t FROM ${quoteName(table)} t WHERE ${condition}`, table);
    }
    return removed;
  }
}

function ownersWays({ table, owner, rootKey }: RowSelection, columns: Columns): string[] {
  return ownershipWays(table, 't', owner, { columns, rootKey, locking: ' LOCK IN SHARE MODE' });
}
