import type { Command } from 'commander';
import type { Output } from '../output.js';
import type { Session } from '../session.js';

export interface Context {
  session: Session;
  output: Output;
  /** The registered name. */
  database: string;
}

/** Opens the product for one piece of work and closes it again. */
export type Run = (work: (context: Context) => Promise<void>) => Promise<void>;

/** Adds its words to the command line. */
export type AddCommand = (program: Command, run: Run) => void;

export interface ProjectOption {
  /** Absent: the whole database. */
  project?: string;
}

export const projectOption = ['--project <id>', 'of one project instead of the whole database'] as const;
