import { chance } from '../random-schema/random-schema.js';
import type { SeededRandom } from '../../faults/kit/random.js';
import {
  type Application,
  type ApplicationColumn,
  type ApplicationTable,
  type ColumnType,
  decidingColumn,
} from './application.js';
import { type Row, typeOf, type Value } from './application-sql.js';

const words = ["O'Brien", 'Blåbær', '日本 😀', '100% "x"', 'back\\slash', 'Ærlig; DROP', 'plain'];

/** Generated rows of some tenants; those of tenant null belong to nobody, or to everybody. */
export class ApplicationRows {
  of: Map<string, { tenant: number | null; row: Row }[]>;
  #taken = new Set<string>();
  #last = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly application: Application,
    readonly tenants: number,
  ) {
    const { tables, root } = application;
    this.of = new Map(tables.map(({ name }) => [name, []]));
    for (const table of tables.filter(({ ofTenant }) => !ofTenant)) this.#addSome(table, null, 3);
    for (let tenant = 0; tenant < tenants; tenant += 1) {
      for (const table of tables.filter(({ ofTenant }) => ofTenant)) {
        this.#addSome(table, tenant, table.name === root ? 1 : random.integer(2, 5));
      }
    }
    for (const table of tables.filter(({ ofTenant }) => ofTenant)) {
      if (decidingColumn(application, table)?.nullable) this.#addSome(table, null, 2);
    }
    this.#referToLater();
  }

  /** The same rows, to be changed while these stay. */
  copy(): ApplicationRows {
    const copy = new ApplicationRows(this.random, this.application, 0);
    copy.of = structuredClone(this.of);
    copy.#taken = new Set(this.#taken);
    copy.#last = this.#last;
    return copy;
  }

  ofTenant(tenant: number, table: string): Row[] {
    return (this.of.get(table) ?? []).filter((one) => one.tenant === tenant).map(({ row }) => row);
  }

  all(table: string): Row[] {
    return (this.of.get(table) ?? []).map(({ row }) => row);
  }

  /** That it is there no longer. */
  forget(table: string, gone: Row): void {
    this.of.set(
      table,
      (this.of.get(table) ?? []).filter(({ row }) => row !== gone),
    );
  }

  /** A row that is new, or null when there is nothing that it could hang on. */
  newRow(table: ApplicationTable, tenant: number | null): Row | null {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const row = this.#rowOf(table, tenant);
      if (!row) return null;
      const keys = [table.key, ...table.unique].filter((columns) => columns.length > 0);
      const clashing = keys.map((columns) => clashOf(table.name, columns, row)).filter((key) => key !== null);
      if (clashing.some((key) => this.#taken.has(key))) continue;
      for (const key of clashing) this.#taken.add(key);
      this.of.get(table.name)?.push({ tenant, row });
      return row;
    }
    return null;
  }

  /** Another value for a column that refers to nothing. */
  newValue(column: ApplicationColumn): Value {
    if (column.nullable && chance(this.random, 0.25)) return null;
    this.#last += 1;
    return this.#valueOf(typeOf(column, this.application.tables));
  }

  /** Something else of the tenant's for a column to refer to, by column; with its type where that is told apart. */
  newTarget({ name, reference }: ApplicationColumn, tenant: number | null): Row | null {
    const places = (reference?.targets ?? []).flatMap(({ table, column, type }) => {
      const isOfTenant = this.application.tables.find((one) => one.name === table)?.ofTenant ?? false;
      return (this.of.get(table) ?? [])
        .filter((one) => !isOfTenant || (tenant !== null && one.tenant === tenant))
        .map(({ row }) => ({ value: row[column] ?? null, type }));
    });
    if (places.length === 0) return null;
    const { value, type } = this.random.pick(places);
    const typeColumn = reference?.typeColumn ?? null;
    return { ...(typeColumn === null ? {} : { [typeColumn]: type }), [name]: value };
  }

  #addSome(table: ApplicationTable, tenant: number | null, wanted: number): void {
    for (let at = 0; at < wanted; at += 1) this.newRow(table, tenant);
  }

  #rowOf(table: ApplicationTable, tenant: number | null): Row | null {
    const row: Row = {};
    const deciding = decidingColumn(this.application, table);
    for (const column of table.columns) {
      if (!column.reference) {
        row[column.name] ??= this.newValue(column);
        continue;
      }
      const isLeftOut = column.nullable && column !== deciding && chance(this.random, 0.4);
      const target = isLeftOut ? null : this.newTarget(column, tenant);
      const isNeeded = !column.nullable || (column === deciding && tenant !== null);
      if (!target && isNeeded) return null;
      Object.assign(row, target ?? { [column.name]: null });
    }
    return row;
  }

  /** Where a table refers to one that comes behind it, and nothing was there yet. */
  #referToLater(): void {
    const { tables } = this.application;
    for (const [index, table] of tables.entries()) {
      const before = new Set(tables.slice(0, index + 1).map(({ name }) => name));
      const waiting = table.columns.filter(
        ({ nullable, reference }) => nullable && reference?.targets.some((one) => !before.has(one.table)),
      );
      for (const column of waiting) {
        for (const { tenant, row } of this.of.get(table.name) ?? []) {
          if (tenant !== null && chance(this.random, 0.6)) Object.assign(row, this.newTarget(column, tenant));
        }
      }
    }
  }

  #valueOf(type: ColumnType): Value {
    const last = this.#last;
    const hex = (last * 2_654_435_761).toString(16).padStart(12, '0').slice(-12);
    const two = (most: number) => String((last % most) + 1).padStart(2, '0');
    const day = `20${two(30)}-${two(12)}-${two(28)}`;
    const values: Record<ColumnType, () => Value> = {
      int: () => last,
      text: () => `${this.random.pick(words)} ${last}`,
      long: () =>
        `{"${last}": ["${this.random.pick(words).replaceAll(/["\\]/g, '')}"]}\n${'x'.repeat(last % 90)}`,
      decimal: () => `${last}.${two(90)}5`,
      double: () => last / 8,
      date: () => day,
      time: () => `${day} ${two(23)}:${two(59)}:00`,
      bool: () => last % 2,
      uuid: () => `${hex.slice(0, 8)}-0000-4000-8000-${hex}`,
    };
    return values[type]();
  }
}

/** Null when a null in it lets rows be equal. */
function clashOf(table: string, columns: readonly string[], row: Row): string | null {
  const values = columns.map((name) => row[name] ?? null);
  return values.includes(null) ? null : JSON.stringify([table, columns, values]);
}
