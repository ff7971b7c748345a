import { execFileSync } from 'node:child_process';

/** How many files and connections a process here may have open. */
export function openFilesLimit(): number {
  const said = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return said === 'unlimited' ? 1_000_000 : Number(said);
}
