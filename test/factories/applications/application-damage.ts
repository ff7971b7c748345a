import type { SeededRandom } from '../../faults/kit/random.js';
import type { Target } from '../target.js';
import { type Application, type ApplicationTable, decidingColumn } from './application.js';
import type { ApplicationRows } from './application-rows.js';
import { insertSql, literal, quote, type Row, whereSql } from './application-sql.js';

/** Changes, removes and adds rows of one tenant, as people do it through the application. */
export class ApplicationDamage {
  constructor(
    private readonly random: SeededRandom,
    private readonly application: Application,
    private readonly rows: ApplicationRows,
    private readonly target: Target,
  ) {}

  async doSome(tenant: number, times: number): Promise<void> {
    const tables = this.application.tables.filter(({ ofTenant, name }) => {
      return ofTenant && name !== this.application.root;
    });
    for (let time = 0; time < times; time += 1) {
      const table = this.random.pick(tables);
      const own = this.rows.ofTenant(tenant, table.name);
      const what = this.random.next();
      if (what < 0.2 || own.length === 0) await this.#add(table, tenant);
      else if (what < 0.45) await this.#remove(table, this.random.pick(own));
      else if (what < 0.6) await this.#hangElsewhere(table, this.random.pick(own), tenant);
      else await this.#change(table, this.random.pick(own));
    }
  }

  /** At once, by the tenant's own row; from below where the database refuses that, as MySQL does beside a restriction. */
  async removeAll(tenant: number): Promise<void> {
    const { tables, root } = this.application;
    for (const table of [...tables.filter(({ name }) => name === root), ...tables.toReversed()]) {
      for (const row of this.rows.ofTenant(tenant, table.name)) await this.#remove(table, row);
    }
  }

  /** With all that hangs on it: what the database does not take along, the application does. */
  async #remove(table: ApplicationTable, row: Row): Promise<void> {
    const { kind } = this.target;
    if (!(await this.#try(`DELETE FROM ${quote(table.name)} WHERE ${whereSql(table, row, kind)}`))) return;
    this.rows.forget(table.name, row);
    for (const child of this.application.tables) {
      const deciding = decidingColumn(this.application, child);
      for (const column of child.columns) {
        const { reference } = column;
        const goesAlong = column === deciding || (reference?.enforced && reference.onDelete === 'CASCADE');
        const targets = reference?.targets.filter((one) => one.table === table.name) ?? [];
        if (!reference || targets.length === 0 || !goesAlong) continue;
        const { typeColumn } = reference;
        const isChild = (one: Row) =>
          targets.some(
            ({ column: to, type }) =>
              one[column.name] === row[to] && (typeColumn === null || one[typeColumn] === type),
          );
        for (const one of this.rows.all(child.name).filter(isChild)) await this.#remove(child, one);
      }
    }
  }

  async #add(table: ApplicationTable, tenant: number): Promise<void> {
    const row = this.rows.newRow(table, tenant);
    if (row) await this.#try(insertSql(table.name, [row], this.target.kind));
  }

  async #hangElsewhere(table: ApplicationTable, row: Row, tenant: number): Promise<void> {
    const references = table.columns.filter(({ reference }) => reference);
    await this.#update(table, row, this.rows.newTarget(this.random.pick(references), tenant) ?? {});
  }

  async #change(table: ApplicationTable, row: Row): Promise<void> {
    const plain = table.columns.filter(
      ({ name, reference }) =>
        !reference &&
        !table.key.includes(name) &&
        !table.columns.some((column) => column.reference?.typeColumn === name),
    );
    if (plain.length === 0) return;
    const column = this.random.pick(plain);
    await this.#update(table, row, { [column.name]: this.rows.newValue(column) });
  }

  async #update(table: ApplicationTable, row: Row, changes: Row): Promise<void> {
    const { kind } = this.target;
    const set = Object.entries(changes).map(([name, value]) => `${quote(name)} = ${literal(value, kind)}`);
    if (set.length === 0) return;
    const where = whereSql(table, row, kind);
    if (await this.#try(`UPDATE ${quote(table.name)} SET ${set.join(', ')} WHERE ${where}`)) {
      Object.assign(row, changes);
    }
  }

  /** False when the database's own rules refuse it; whatever else goes wrong is thrown. */
  async #try(sql: string): Promise<boolean> {
    try {
      await this.target.run(sql);
      return true;
    } catch (error) {
      if (/constraint|duplicate entry/i.test(String(error))) return false;
      throw error;
    }
  }
}
