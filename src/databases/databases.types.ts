import type { ScopeRules } from '../project-scope/project-scope.types.js';
import type { Engine } from '../engines/engine.types.js';

/** A registered target. */
export interface RegisteredDatabase {
  /** `default`, or the name under which it was registered. */
  name: string;
  engine: Engine;
  /** Which table holds the projects, and what else its people say of them. */
  scopeRules: ScopeRules;
  /** Newest N to keep. */
  maxBackups: number;
  maxProjectBackups: number;
}
