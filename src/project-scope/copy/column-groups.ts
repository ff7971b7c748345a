import type { OwnedTable } from '../scope-plan.types.js';

export interface ColumnOf {
  table: string;
  column: string;
}

/** The columns of a project's tables, grouped by the references between them: those of a group hold the same ids. */
export class ColumnGroups {
  readonly #columns = new Map<string, ColumnOf>();
  readonly #leader = new Map<string, string>();
  readonly #referring = new Set<string>();

  /** References that hold for some rows only group nothing. */
  static of(owned: readonly OwnedTable[]): ColumnGroups {
    const groups = new ColumnGroups();
    for (const { name: table, columns } of owned)
      for (const column of columns) groups.#add({ table, column });
    for (const { name, foreignKeys } of owned) {
      for (const { columns, referencedTable, referencedColumns, when } of foreignKeys) {
        if (when) continue;
        for (const [index, column] of columns.entries()) {
          groups.#join(idOf(name, column), idOf(referencedTable, referencedColumns[index] ?? ''));
        }
      }
    }
    return groups;
  }

  /** Of the group; equal for all of its columns. */
  idOf(table: string, column: string): string {
    return this.#leaderOf(idOf(table, column));
  }

  columnsOf(id: string): ColumnOf[] {
    return [...this.#columns].filter(([own]) => this.#leaderOf(own) === id).map(([, column]) => column);
  }

  /** Whether its ids come from another column of the project. */
  refers({ table, column }: ColumnOf): boolean {
    return this.#referring.has(idOf(table, column));
  }

  #add(column: ColumnOf): void {
    const id = idOf(column.table, column.column);
    this.#columns.set(id, column);
    this.#leader.set(id, id);
  }

  #join(from: string, to: string): void {
    if (!this.#leader.has(from) || !this.#leader.has(to)) return;
    if (from !== to) this.#referring.add(from);
    this.#leader.set(this.#leaderOf(from), this.#leaderOf(to));
  }

  #leaderOf(id: string): string {
    let leader = id;
    for (
      let next = this.#leader.get(leader);
      next !== undefined && next !== leader;
      next = this.#leader.get(leader)
    ) {
      leader = next;
    }
    return leader;
  }
}

function idOf(table: string, column: string): string {
  return JSON.stringify([table, column]);
}
