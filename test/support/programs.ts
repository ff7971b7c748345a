import { spawnSync } from 'node:child_process';

/** Whether a program is on the PATH, and starts. */
export function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}
