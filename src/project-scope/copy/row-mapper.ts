import type { Cell, Row } from '../../engines/rows.types.js';
import { keyOfId } from '../json-ids.js';
import { textOf } from '../reference-key.js';
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
      value: textOf(when.value),
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
        const found = sometimes.find(({ whenAt, value }) => textOf(row[whenAt] ?? null) === value);
        return found ? found.make(cell) : always ? always(cell) : cell;
      });
  }

  #makerOf({ name, sources: [source] }: Identity): Make {
    const make = this.#makers.get(name);
    if (!make) return (cell) => cell;
    const table = this.mapping.owned.find((one) => one.name === source?.table);
    const keyType = table?.types[table.columns.indexOf(source?.column ?? '')];
    return keyType === undefined ? make : (cell) => inItsForm(cell, make, keyType);
  }
}

/** A column may refer to a number by its text, and the other way round: the new id stands there as the old one did. */
function inItsForm(cell: Cell, make: Make, keyType: string): Cell {
  if (cell === null || (typeof cell === 'object' && !('$int' in cell))) return make(cell);
  const made = make(keyOfId(cell, keyType) ?? cell);
  const [wasText, isText] = [typeof cell === 'string', typeof made === 'string'];
  if (wasText === isText) return made;
  if (wasText) return typeof made === 'object' && made !== null && '$int' in made ? made.$int : String(made);
  return keyOfId(String(made), 'int') ?? made;
}
