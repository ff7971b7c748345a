import Database from 'better-sqlite3';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchValue } from '../../engines/scratch.types.js';
import { formsOf, shortest } from './value-forms.js';
import { ValueFilter, WindowFilter } from './window-filter.js';

const mostRemembered = 50_000;

/**
 * The values that must not be in a dump, in a file of their own, so that memory does not grow with them: only filters of
 * fixed size over their first bytes and over the whole of them are kept in memory.
 */
export class ValueSpool {
  readonly filter = new WindowFilter();
  /** The longest form, in bytes. */
  longest = shortest;
  readonly #path: string;
  readonly #db: Database.Database;
  readonly #add: Database.Statement<[Buffer, number]>;
  readonly #addLength: Database.Statement<[Buffer, number]>;
  readonly #find: Database.Statement<[Buffer], number>;
  readonly #lengths: Database.Statement<[Buffer], number>;
  readonly #values = new ValueFilter();
  readonly #seen = new Set<string>();
  readonly #seenLengths = new Set<string>();
  readonly #lengthsOf = new Map<string, number[]>();

  constructor(folder: string) {
    this.#path = join(folder, 'hidden-values.db');
    writeFileSync(this.#path, '', { mode: 0o600, flag: 'wx' });
    this.#db = new Database(this.#path);
    this.#db.pragma('journal_mode = OFF');
    this.#db.pragma('synchronous = OFF');
    this.#db.exec(`CREATE TABLE form (bytes BLOB PRIMARY KEY, place INTEGER) WITHOUT ROWID;
      CREATE TABLE length (start BLOB, bytes INTEGER, PRIMARY KEY (start, bytes)) WITHOUT ROWID`);
    this.#add = this.#db.prepare('INSERT OR IGNORE INTO form VALUES (?, ?)');
    this.#addLength = this.#db.prepare('INSERT OR IGNORE INTO length VALUES (?, ?)');
    this.#find = this.#db.prepare<[Buffer], number>('SELECT place FROM form WHERE bytes = ?').pluck();
    this.#lengths = this.#db
      .prepare<[Buffer], number>('SELECT bytes FROM length WHERE start = ? ORDER BY 1')
      .pluck();
  }

  add(values: readonly ScratchValue[]): void {
    this.#db.transaction(() => {
      for (const value of values) this.#addOne(value);
    })();
  }

  #addOne({ column, bytes }: ScratchValue): void {
    if (bytes.length < shortest) return;
    // For columns of a few values in many rows.
    if (bytes.length <= 64 && !isNew(this.#seen, bytes.toString('latin1'))) return;
    for (const form of formsOf(bytes)) {
      const start = form.subarray(0, shortest);
      this.#add.run(form, column);
      this.#values.add(form);
      this.longest = Math.max(this.longest, form.length);
      if (isNew(this.#seenLengths, `${form.length} ${start.toString('latin1')}`)) {
        this.filter.add(start);
        this.#addLength.run(start, form.length);
      }
    }
  }

  /** The column of a value that begins exactly at this byte of what was folded; undefined when none does. */
  columnAt(data: Buffer, at: number): number | undefined {
    const lengths = this.#lengthsAt(data.subarray(at, at + shortest));
    for (const length of this.#values.lengthsAt(data, at, lengths)) {
      const column = this.#find.get(data.subarray(at, at + length));
      if (column !== undefined) return column;
    }
    return undefined;
  }

  #lengthsAt(start: Buffer): number[] {
    const key = start.toString('latin1');
    const known = this.#lengthsOf.get(key);
    if (known) return known;
    if (this.#lengthsOf.size >= mostRemembered) this.#lengthsOf.clear();
    const lengths = this.#lengths.all(start);
    this.#lengthsOf.set(key, lengths);
    return lengths;
  }

  async close(): Promise<void> {
    this.#db.close();
    await rm(this.#path, { force: true });
  }
}

/** Whether it was not remembered yet; what is forgotten in between is new again, without harm. */
function isNew(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  if (seen.size >= mostRemembered) seen.clear();
  seen.add(key);
  return true;
}
