import { inParts } from '../../../common/in-parts.js';
import { anyOf } from '../../sql-conditions.js';
import { leadsThroughItself, tablesOf } from '../../ownership-walk.js';
import type { ForeignKey, Row, RowSelection, RowWriter } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { insertStatements } from './insert-sql.js';
import { hasOneOf } from './key-sql.js';
import { ownershipWays } from './ownership-sql.js';
import { PostgresRowReader } from './postgres-row-reader.js';
import { lockReferenced, selectDangling, selectOrphaned } from './reference-sql.js';
import { readList } from './select-sql.js';
import { WrittenIds } from './sequences.js';
import { type Columns } from './table-columns.js';
import { mustHoldUnenforced } from './unenforced.js';

const keysPerStatement = 500;

/** In a READ COMMITTED transaction: each statement sees what is committed when it begins. */
export class PostgresRowWriter extends PostgresRowReader implements RowWriter {
  readonly #written = new WrittenIds();
  readonly #changed = new Set<string>();

  /**
   * PostgreSQL has no lock for a gap between rows, so that the tables on the way to the root are locked against everybody
   * who would write to them; readers go on.
   */
  async *readLocked(selection: RowSelection): AsyncGenerator<Row[]> {
    const tables = [...tablesOf(selection)].sort().map(quoteName);
    await this.session.run(`LOCK TABLE ${tables.join(', ')} IN SHARE ROW EXCLUSIVE MODE`, selection.table);
    yield* this.read(selection);
  }

  async insert(table: string, columns: string[], rows: Row[]): Promise<void> {
    const known = await this.catalog.of(table);
    for (const sql of insertStatements(known, columns, rows)) await this.session.run(sql, table);
    this.#written.note(table, columns, rows);
    this.#changed.add(table);
  }

  /** Call when nothing more is written. Throws DomainError `conflict`. */
  async settle(): Promise<void> {
    await mustHoldUnenforced(this.session, this.#changed);
    await this.#written.advanceSequences(this.session);
  }

  async remove(selection: RowSelection, keys: Row[]): Promise<number> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    if (!leadsThroughItself(selection)) {
      return this.#deleteWhere(selection.table, ownedAmong(selection, keys, columns));
    }
    return this.removeClaimed(selection, await this.#lock(selection, keys, columns));
  }

  async claim(selection: RowSelection, keys: Row[]): Promise<number> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    return (await this.#lock(selection, keys, columns)).length;
  }

  async removeClaimed({ table, key }: RowSelection, keys: Row[]): Promise<number> {
    const columns = await this.catalog.of(table);
    const conditions = inParts(keys, keysPerStatement).map((some) => hasOneOf(columns, key, some));
    return this.#deleteWhere(table, conditions);
  }

  async removeAll(selection: RowSelection): Promise<number> {
    const { table, owner, rootKey } = selection;
    const columns = await this.catalog.ofAll(tablesOf(selection));
    const ways = ownershipWays(table, 't', owner, { columns, rootKey });
    // One statement for each way to the root, since an OR of them would read the whole table; but where rows belong by
    // others of the same table, one statement's deletions would take the next one's ways.
    return this.#deleteWhere(table, leadsThroughItself(selection) ? [anyOf(ways)] : ways);
  }

  async danglingRows(selection: RowSelection, foreignKey: ForeignKey, limit: number): Promise<Row[]> {
    const columns = await this.catalog.ofAll([...tablesOf(selection), foreignKey.referencedTable]);
    await this.session.rows(lockReferenced(selection, foreignKey, columns), selection.table);
    const sql = selectDangling(selection, foreignKey, columns, limit);
    return this.cells(sql, columns(selection.table), selection.columns);
  }

  async orphanedReferences(
    table: string,
    foreignKey: ForeignKey,
    values: Row[],
    limit: number,
  ): Promise<Row[]> {
    const columns = await this.catalog.ofAll([table, foreignKey.referencedTable]);
    const found: Row[] = [];
    for (const some of inParts(values, keysPerStatement)) {
      if (found.length >= limit) break;
      const sql = selectOrphaned(table, foreignKey, some, columns, limit - found.length);
      found.push(...(await this.cells(sql, columns(table), foreignKey.columns)));
    }
    return found;
  }

  /** Those of the keys whose rows belong to the project; nobody else can change them until the end. */
  async #lock(selection: RowSelection, keys: Row[], columns: Columns): Promise<Row[]> {
    const { table, key } = selection;
    const own = columns(table);
    const locked: Row[] = [];
    for (const condition of ownedAmong(selection, keys, columns)) {
      const sql = `SELECT ${readList(own, key)} FROM ${quoteName(table)} t WHERE ${condition} FOR UPDATE OF t`;
      locked.push(...(await this.cells(sql, own, key)));
    }
    return locked;
  }

  async #deleteWhere(table: string, conditions: readonly string[]): Promise<number> {
    this.#changed.add(table);
    let removed = 0;
    for (const condition of conditions) {
      removed += await this.session.run(`DELETE FROM ${quoteName(table)} AS t WHERE ${condition}`, table);
    }
    return removed;
  }
}

function ownedAmong(selection: RowSelection, keys: Row[], columns: Columns): string[] {
  const { table, key, owner, rootKey } = selection;
  const owned = anyOf(ownershipWays(table, 't', owner, { columns, rootKey }));
  return inParts(keys, keysPerStatement).map((some) => `${hasOneOf(columns(table), key, some)} AND ${owned}`);
}
