import type { SeededRandom } from '../../faults/kit/random.js';
import { chance, type RandomReference, type RandomSchema, type RandomTable } from './random-schema.js';

export type RandomRow = Record<string, string | number | null>;

/** Rows of each table, by project; `null` holds those of nobody and of everybody. */
export class RandomRows {
  readonly of = new Map<string, { project: number | null; row: RandomRow }[]>();
  #last = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly schema: RandomSchema,
    readonly projects: number,
  ) {
    for (const table of schema.tables) this.of.set(table.name, []);
    for (const table of schema.tables.filter(({ shared }) => shared)) {
      for (let at = 0; at < 4; at += 1) this.#add(table, null);
    }
    for (let project = 0; project < projects; project += 1) {
      for (const table of schema.tables.filter(({ shared }) => !shared)) {
        const wanted = table.name === 'projects' ? 1 : random.integer(0, 4);
        for (let at = 0; at < wanted; at += 1) this.#add(table, project);
      }
      this.#closeCycles(project);
    }
  }

  keyOf(project: number): string | number {
    const found = this.of.get('projects')?.find((one) => one.project === project)?.row['id'];
    if (found === undefined || found === null) throw new Error('no such project');
    return found;
  }

  /** A row that is new, of the project, if there can be one. */
  newRow(table: RandomTable, project: number): RandomRow | null {
    return this.#add(table, project);
  }

  #add(table: RandomTable, project: number | null): RandomRow | null {
    const row: RandomRow = {};
    for (const reference of table.references) {
      const target = this.#targetOf(reference, table, project);
      if (target === null && reference.mandatory) return null;
      row[reference.column] = target;
    }
    if (table.key !== 'none' && table.key !== 'composite') row['id'] = this.#key(table);
    if (table.key === 'composite') row['nr'] = this.#last += 1;
    row['v'] = chance(this.random, 0.2) ? null : `v${this.random.integer(0, 999)}`;
    const belongs = table.name === 'projects' || table.references.some((one) => this.#isWay(one, row));
    this.of.get(table.name)?.push({ project: belongs ? project : null, row });
    return row;
  }

  #isWay({ parent, column }: RandomReference, row: RandomRow): boolean {
    const shared = this.schema.tables.find(({ name }) => name === parent)?.shared ?? false;
    return !shared && row[column] !== null;
  }

  #targetOf(
    { parent, mandatory }: RandomReference,
    table: RandomTable,
    project: number | null,
  ): string | number | null {
    if (!mandatory && chance(this.random, 0.4)) return null;
    const shared = this.schema.tables.find(({ name }) => name === parent)?.shared ?? false;
    const rows = (this.of.get(parent) ?? []).filter((one) => one.project === (shared ? null : project));
    if (rows.length === 0 || (parent === table.name && chance(this.random, 0.2))) return null;
    return this.random.pick(rows).row['id'] ?? null;
  }

  /** References to later tables are set when those have their rows; rows of nobody stay so. */
  #closeCycles(project: number): void {
    for (const table of this.schema.tables) {
      if (!table.references.some(({ column }) => column === 'later')) continue;
      const parent = table.references.find(({ column }) => column === 'later')?.parent ?? '';
      const targets = (this.of.get(parent) ?? []).filter((one) => one.project === project);
      for (const { project: owner, row } of this.of.get(table.name) ?? []) {
        if (owner === project && targets.length > 0 && chance(this.random, 0.5)) {
          row['later'] = this.random.pick(targets).row['id'] ?? null;
        }
      }
    }
  }

  #key({ key }: RandomTable): string | number {
    this.#last += this.random.integer(1, 3);
    if (key === 'integer') return this.#last;
    const hex = (this.#last * 2_654_435_761).toString(16).padStart(12, '0').slice(-12);
    return key === 'uuid'
      ? `${hex.slice(0, 8)}-0000-4000-8000-${hex}`
      : `${this.random.pick(['k', 'å', 'Z_', '%'])}${this.#last}`;
  }
}

export function insertSql(table: string, row: RandomRow): string {
  const columns = Object.keys(row);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((name) => literal(row[name] ?? null)).join(', ')})`;
}

export function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
