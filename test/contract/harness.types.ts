import type { Engine } from '../../src/engines/engine.types.js';

/** What a kind of database must offer for the contract to be tried on it. */
export interface ContractHarness {
  /** A new, empty database of its own. */
  createDatabase(): Promise<ContractDatabase>;
  /** An engine on an address where no database is. */
  unreachable(): Engine;
  /** True for an engine that rehearses a restore without its server. */
  rehearsesAlone?: boolean;
  /** A name as it stands in a statement. */
  quote(name: string): string;
}

export interface ContractDatabase {
  engine: Engine;
  /** A second engine on the same database, as another process would have it. */
  connect(): Engine;
  /** Runs one statement as the application would, but without foreign keys being enforced. */
  exec(sql: string): Promise<void>;
  /** The rows of a statement. 64-bit integers may come as numbers, strings or bigints. */
  query(sql: string): Promise<unknown[][]>;
  /** Names of all tables. */
  tables(): Promise<string[]>;
  /** Names of files or schemas beside the database that hold `id` in their names. */
  leftovers(id: string): Promise<string[]>;
  drop(): Promise<void>;
}
