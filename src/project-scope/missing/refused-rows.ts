import type { Row } from '../../engines/rows.types.js';
import { parseRow } from '../diff-table.js';
import { nameRow } from '../project-rows.js';
import type { OwnedTable } from '../scope-plan.types.js';
import type { SharedReference } from './shared-references.js';

const namedAtMost = 5;

interface RefusedReference {
  reference: SharedReference;
  isAt(row: Row): boolean;
}

/** Rows of a table that refer to what is gone and for which nothing else was chosen. */
export class RefusedRows {
  readonly #named: Map<RefusedReference, string[]>;

  constructor(
    private readonly table: OwnedTable,
    references: readonly RefusedReference[],
  ) {
    this.#named = new Map(references.map((reference) => [reference, []]));
  }

  /** Call with each row that is to be written. */
  add(line: string): void {
    if (this.#named.size === 0) return;
    const row = parseRow(line, this.table);
    for (const [reference, named] of this.#named) {
      if (named.length < namedAtMost && reference.isAt(row)) named.push(nameRow(this.table, row));
    }
  }

  get sentences(): string[] {
    return [...this.#named].flatMap(([{ reference }, named]) => {
      const { name, foreignKey } = reference;
      return named.length === 0
        ? []
        : `Rows of ${this.table.name} (${named.join('; ')}) refer by ${foreignKey.columns.join(', ')} to rows of ` +
            `${foreignKey.referencedTable} that no longer exist. Create those again first, or say under "missing" what ` +
            `becomes of "${name}".`;
    });
  }
}
