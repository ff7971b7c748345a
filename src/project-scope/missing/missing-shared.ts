import type { Row } from '../../engines/rows.types.js';
import { parseRow } from '../diff-table.js';
import { keyId } from '../key-id.js';
import type { OwnedTable } from '../scope-plan.types.js';
import type { MissingRows } from './missing.types.js';
import type { ReferenceTally } from './reference-tally.js';
import { RefusedRows } from './refused-rows.js';

export interface FoundReference {
  table: OwnedTable;
  remedy: MissingRows['remedy'];
  tally: ReferenceTally;
}

/** What the rows of a file refer to that is gone, and what is done about it. */
export class MissingShared {
  constructor(private readonly found: readonly FoundReference[]) {}

  get list(): MissingRows[] {
    return this.found.map(({ table, remedy, tally: { reference, rows, named } }) => ({
      reference: reference.name,
      table: table.name,
      columns: reference.foreignKey.columns,
      referencedTable: reference.foreignKey.referencedTable,
      keys: named,
      rows,
      remedy,
      possible: reference.possible,
    }));
  }

  /** Sentences: why the rows cannot all be written. */
  get refusals(): string[] {
    return this.list
      .filter(({ remedy }) => remedy === 'refuse')
      .map(
        ({ reference, table, columns, referencedTable, rows, keys }) =>
          `${rows} rows of ${table} refer by ${columns.join(', ')} to rows of ${referencedTable} that no longer exist ` +
          `(${keys.map((key) => key.map((cell) => JSON.stringify(cell)).join('+')).join('; ')}). Create those again first, ` +
          `or say under "missing" what becomes of "${reference}".`,
      );
  }

  /** A step of walkFile: a row becomes what was chosen for it. Null where nothing is to be done. */
  readonly step = (table: OwnedTable): ((line: string) => string | null) | null => {
    const found = this.#of(table).filter(({ remedy }) => remedy !== 'refuse' && remedy !== 'keep');
    if (found.length === 0) return null;
    return (line) => {
      const row = parseRow(line, table);
      const touching = found.filter(({ tally }) => refersToMissing(tally, row));
      if (touching.some(({ remedy }) => remedy === 'skip')) return null;
      for (const one of touching) amend(row, one);
      return touching.length === 0 ? line : JSON.stringify(row);
    };
  };

  /** Collects the rows of a table that may not be written. */
  refused(table: OwnedTable): RefusedRows {
    return new RefusedRows(
      table,
      this.#of(table).flatMap(({ remedy, tally }) =>
        remedy === 'refuse'
          ? [{ reference: tally.reference, isAt: (row: Row) => refersToMissing(tally, row) }]
          : [],
      ),
    );
  }

  #of(table: OwnedTable): FoundReference[] {
    return this.found.filter((one) => one.table.name === table.name);
  }
}

function refersToMissing({ reference, keys }: ReferenceTally, row: Row): boolean {
  const key = reference.keyIn(row);
  return key !== null && keys.missing.has(keyId(key));
}

function amend(row: Row, { remedy, tally: { reference } }: FoundReference): void {
  if (remedy === 'null') for (const position of reference.nulled) row[position] = null;
  if (typeof remedy === 'object') for (const position of reference.positions) row[position] = remedy.use;
}
