import type { Engine } from '../engines/engine.types.js';

/** A registered target. */
export interface RegisteredDatabase {
  /** `default`, or the name under which it was registered. */
  name: string;
  engine: Engine;
  /** The root table of a project. */
  projectTable: string;
  /** Newest N to keep. */
  maxBackups: number;
  maxProjectBackups: number;
}
