import type { Cell, Row } from '../../engines/rows.types.js';
import type { OwnedTable } from '../scope-plan.types.js';
import { type IdFunction, idMaker } from './id-functions.js';
import type { Identities, Identity } from './identities.js';
import { documentMapper, type Make } from './map-documents.js';

export interface NewName {
  table: string;
  column: string;
  value: Cell;
}

export interface RowMapping {
  /** The project's tables. */
  owned: readonly OwnedTable[];
  identities: Identities;
  functions: readonly IdFunction[];
  secret: string;
  /** Of the project itself; null when it keeps its name. */
  name: NewName | null;
}

/** Makes rows of the original rows of the copy. */
export class RowMapper {
  readonly #makers = new Map<string, Make>();

  constructor(private readonly mapping: RowMapping) {
    for (const one of mapping.functions) this.#makers.set(one.identity, idMaker(one, mapping.secret));
  }

  /** For the rows of a table, with the columns and in the order that `table` says. */
  of(table: OwnedTable): (row: Row) => Row {
    const { identities, name, owned } = this.mapping;
    const conditional = identities.conditional(table.name).map(({ column, when, identity }) => ({
      column,
      whenAt: table.columns.indexOf(when.column),
      value: JSON.stringify(when.value),
      make: this.#makerOf(identity),
    }));
    const columns = table.columns.map((column) => {
      const identity = identities.of(table.name, column);
      return {
        always: identity ? this.#makerOf(identity) : null,
        sometimes: conditional.filter((one) => one.column === column),
      };
    });
    const nameAt = name?.table === table.name ? table.columns.indexOf(name.column) : -1;
    const mapDocuments = documentMapper(table, owned, (parent, column) => {
      const identity = identities.of(parent, column);
      return identity ? this.#makerOf(identity) : null;
    });
    return (row) =>
      mapDocuments(row).map((cell, at) => {
        if (at === nameAt) return name?.value ?? null;
        const { always, sometimes } = columns[at] ?? { always: null, sometimes: [] };
        const found = sometimes.find(({ whenAt, value }) => JSON.stringify(row[whenAt] ?? null) === value);
        return found ? found.make(cell) : always ? always(cell) : cell;
      });
  }

  #makerOf({ name }: Identity): Make {
    return this.#makers.get(name) ?? ((cell) => cell);
  }
}
