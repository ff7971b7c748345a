import type { Cell, Row } from '../../engines/rows.types.js';
import { type JsonId, keyOfId, mapIds } from '../json-ids.js';
import { jsonPath } from '../json-spans.js';
import type { OwnedTable } from '../scope-plan.types.js';

export type Make = (cell: Cell) => Cell;

/**
 * Makes the ids inside the documents of a table's rows those of the copy, where they are declared to be ids of one of the
 * `owned` tables. `makeOf`: for the ids of a column; null where they stay.
 */
export function documentMapper(
  table: OwnedTable,
  owned: readonly OwnedTable[],
  makeOf: (table: string, column: string) => Make | null,
): (row: Row) => Row {
  const references = table.jsonReferences.flatMap(({ column, path, referencedTable, referencedColumn }) => {
    const at = table.columns.indexOf(column);
    const target = owned.find(({ name }) => name === referencedTable);
    const type = target?.types[target.columns.indexOf(referencedColumn)];
    const steps = jsonPath(path);
    const make = makeOf(referencedTable, referencedColumn);
    if (at === -1 || type === undefined || !steps || !make) return [];
    return { at, map: (document: string) => mapIds(document, steps, (id) => another(id, type, make)) };
  });
  if (references.length === 0) return (row) => row;
  return (row) => {
    const mapped = [...row];
    for (const { at, map } of references) {
      const document = mapped[at];
      if (typeof document === 'string') mapped[at] = map(document);
    }
    return mapped;
  };
}

function another(id: JsonId, keyType: string, make: Make): JsonId | undefined {
  const key = keyOfId(id, keyType);
  const made = key === null ? null : make(key);
  if (made === null || (typeof made === 'object' && !('$int' in made))) return undefined;
  return made;
}
