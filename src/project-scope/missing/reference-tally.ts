import type { Row } from '../../engines/rows.types.js';
import { type KeyId, keyId } from '../key-id.js';
import type { SharedKeys } from './shared-keys.js';
import type { SharedReference } from './shared-references.js';

const askedAtOnce = 500;
const namedAtMost = 20;

/** Counts the rows that refer to what is gone; asks for many keys at once. */
export class ReferenceTally {
  rows = 0;
  readonly #named = new Map<KeyId, Row>();
  #unknown = new Map<KeyId, { key: Row; rows: number }>();

  constructor(
    readonly reference: SharedReference,
    readonly keys: SharedKeys,
  ) {}

  get named(): Row[] {
    return [...this.#named.values()];
  }

  /** A promise only when it has to ask. */
  add(row: Row): void | Promise<void> {
    const key = this.reference.keyIn(row);
    if (!key) return;
    const id = keyId(key);
    const isMissing = this.keys.isMissing(id);
    if (isMissing === false) return;
    if (isMissing) return this.#count(id, key, 1);
    const known = this.#unknown.get(id);
    if (known) known.rows += 1;
    else this.#unknown.set(id, { key, rows: 1 });
    if (this.#unknown.size >= askedAtOnce) return this.end();
  }

  async end(): Promise<void> {
    const asked = this.#unknown;
    this.#unknown = new Map();
    if (asked.size === 0) return;
    await this.keys.look([...asked.values()].map(({ key }) => key));
    for (const [id, { key, rows }] of asked) {
      if (this.keys.missing.has(id)) this.#count(id, key, rows);
    }
  }

  #count(id: KeyId, key: Row, rows: number): void {
    this.rows += rows;
    if (this.#named.size < namedAtMost) this.#named.set(id, key);
  }
}
