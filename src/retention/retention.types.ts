import type { Decision } from './plan.js';

export interface CleanupReport {
  before: number;
  /** How many were removed, or would be. */
  removed: number;
  bytesFreed: number;
  decisions: (Decision & { filename: string })[];
}
