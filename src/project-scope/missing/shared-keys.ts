import { DomainError } from '../../common/errors.js';
import type { Row, RowReader } from '../../engines/rows.types.js';
import type { ComingKeys } from '../when-empty/coming-keys.js';
import { type KeyId, keyId } from '../key-id.js';

const missingAtMost = 100_000;
/** More are forgotten and asked for again. */
const presentAtMost = 100_000;

/** Which keys of a shared table are there, or will be. Those that are not are kept, up to a bound; of the others, some. */
export class SharedKeys {
  readonly missing = new Set<KeyId>();
  readonly #present = new Set<KeyId>();

  constructor(
    private readonly reader: RowReader,
    private readonly table: string,
    private readonly columns: string[],
    private readonly coming?: ComingKeys,
  ) {}

  /** Undefined when nobody has looked yet. */
  isMissing(id: KeyId): boolean | undefined {
    if (this.missing.has(id)) return true;
    return this.#present.has(id) ? false : undefined;
  }

  /** Looks for some hundred keys. Throws DomainError `conflict` when too many are missing. */
  async look(keys: readonly Row[]): Promise<void> {
    const [column] = this.columns;
    const found = new Set<KeyId>();
    if (this.columns.length === 1 && column !== undefined) {
      const cells = keys.map(([cell]) => cell ?? null);
      const limit = keys.length * 2;
      const columns = this.columns;
      const rows = await this.reader.list({
        table: this.table,
        columns,
        anyOf: { column, cells },
        orderBy: columns,
        limit,
      });
      for (const row of rows) found.add(keyId(row));
    }
    if (this.#present.size > presentAtMost) this.#present.clear();
    for (const key of keys) {
      const id = keyId(key);
      // What the database takes for equal may be written otherwise: by a collation, or with other digits.
      const isThere = found.has(id) || this.#comes(key) || (await this.stored(key)) !== null;
      (isThere ? this.#present : this.missing).add(id);
    }
    if (this.missing.size <= missingAtMost) return;
    throw new DomainError(
      'conflict',
      `The backup refers to more than ${missingAtMost} rows of ${this.table} that no longer exist. Create those again first. ` +
        'Nothing was changed.',
    );
  }

  #comes(key: Row): boolean {
    const { table: referencedTable, columns: referencedColumns } = this;
    return this.coming?.has({ referencedTable, referencedColumns }, key) ?? false;
  }

  /** The key as it stands there; null when it does not. */
  async stored(key: Row): Promise<Row | null> {
    const where = Object.fromEntries(this.columns.map((column, index) => [column, key[index] ?? null]));
    const query = { table: this.table, columns: this.columns, where, orderBy: [], limit: 1 };
    const [row] = await this.reader.list(query);
    return row ?? null;
  }
}
