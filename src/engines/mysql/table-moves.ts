import type { Connection } from 'mysql2/promise';
import { quoteName } from './connection.js';
import { definitionsTable } from './names.js';
import { listObjects } from './schema-objects.js';

interface Move {
  table: string;
  from: string;
  to: string;
}

/** Moves tables between schemas, and knows how to move exactly those back. */
export class TableMoves {
  #done: readonly Move[] = [];

  constructor(private readonly connection: Connection) {}

  get any(): boolean {
    return this.#done.length > 0;
  }

  /** `live`'s tables go to `aside` and `incoming`'s take their place, in one statement that happens wholly or not. */
  async exchange(live: string, aside: string, incoming: string): Promise<void> {
    const moves = [...(await this.#all(live, aside)), ...(await this.#all(incoming, live))];
    if (moves.length === 0) return;
    await this.#rename(moves);
    this.#done = moves;
  }

  /** Back to where they were, in reverse. */
  async takeBack(): Promise<void> {
    if (!this.any) return;
    await this.#rename(this.#done.map((move) => ({ ...move, from: move.to, to: move.from })).reverse());
    this.#done = [];
  }

  async #all(from: string, to: string): Promise<Move[]> {
    const { tables } = await listObjects(this.connection, from);
    return tables
      .filter(({ name }) => name !== definitionsTable)
      .map(({ name }) => ({ table: name, from, to }));
  }

  async #rename(moves: readonly Move[]): Promise<void> {
    const place = (schema: string, table: string) => `${quoteName(schema)}.${quoteName(table)}`;
    const renames = moves.map(({ table, from, to }) => `${place(from, table)} TO ${place(to, table)}`);
    await this.connection.query(`RENAME TABLE ${renames.join(', ')}`);
  }
}
