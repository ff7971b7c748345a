import { DomainError } from '../../common/errors.js';
import type { Row } from '../../engines/rows.types.js';
import type { KeyId } from '../key-id.js';
import type { Place, PlacedKey, RowReading } from './row-reading.js';

/** Of rows that are below and of rows that may be; so many keys are held in memory. */
const keysAtMost = 1_000_000;

interface FoundRow {
  table: string;
  id: KeyId;
  own: PlacedKey[];
}

/**
 * Finds the rows below one row among rows that come one after the other, in any order: a row whose parent has not come yet
 * waits for it. Only keys are held. Throws DomainError `conflict` when they are too many.
 */
export class RowsBelow {
  readonly #reached = new Map<Place, Set<KeyId>>();
  readonly #waiting = new Map<Place, Map<KeyId, FoundRow[]>>();
  readonly #ended = new Set<string>();
  #keys = 0;

  /** `ids`, by table, grow; rows with one that is there already are taken for found. */
  constructor(private readonly ids: Map<string, Set<KeyId>>) {}

  add(table: string, row: Row, reading: RowReading, isTop: boolean): void {
    const id = reading.id(row);
    const above = reading.above(row);
    const found = { table, id, own: reading.own(row) };
    const isFound = ({ place, id: key }: PlacedKey) => this.#reached.get(place)?.has(key) === true;
    if (isTop || this.ids.get(table)?.has(id) === true || above.some(isFound)) return this.#take(found);
    for (const { place, table: parent, id: key } of above) {
      if (!this.#ended.has(parent)) this.#wait(place, key, found);
    }
  }

  /** No more rows of this table will come. */
  end(table: string): void {
    this.#ended.add(table);
  }

  #take(first: FoundRow): void {
    const open = [first];
    for (let row = open.pop(); row; row = open.pop()) {
      this.#count();
      setIn(this.ids, row.table).add(row.id);
      for (const { place, id } of row.own) {
        setIn(this.#reached, place).add(id);
        const children = this.#waiting.get(place);
        for (const child of children?.get(id) ?? []) open.push(child);
        children?.delete(id);
      }
    }
  }

  #wait(place: Place, key: KeyId, row: FoundRow): void {
    this.#count();
    const waiting = this.#waiting.get(place) ?? new Map<KeyId, FoundRow[]>();
    this.#waiting.set(place, waiting);
    const rows = waiting.get(key);
    if (rows) rows.push(row);
    else waiting.set(key, [row]);
  }

  #count(): void {
    this.#keys += 1;
    if (this.#keys <= keysAtMost) return;
    throw new DomainError(
      'conflict',
      `More than ${keysAtMost} rows hang on the row of "within", or on rows of its table. Restore whole tables ("tables") ` +
        'instead. Nothing was changed.',
    );
  }
}

function setIn(sets: Map<string, Set<KeyId>>, name: string): Set<KeyId> {
  const known = sets.get(name) ?? new Set<KeyId>();
  sets.set(name, known);
  return known;
}
