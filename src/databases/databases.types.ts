import type { DatabaseAddress } from '../config/database-url.js';
import type { ScopeRules } from '../project-scope/project-scope.types.js';
import type { Engine } from '../engines/engine.types.js';

/** A registered target. */
export interface RegisteredDatabase {
  /** `default` for that one, otherwise a UUID. A name that is registered again has another. */
  id: string;
  /** `default`, or the name under which it was registered. */
  name: string;
  engine: Engine;
  /** Which table holds the projects, and what else its people say of them. */
  scopeRules: ScopeRules;
  /** Newest N to keep. */
  maxBackups: number;
  maxProjectBackups: number;
}

/** One that is registered under a name at present; `id` as in RegisteredDatabase. */
export type DatabaseIdentity = Pick<RegisteredDatabase, 'id' | 'name'>;

/** Where a registered database is. Holds the password. */
export interface NamedAddress {
  name: string;
  address: DatabaseAddress;
}
