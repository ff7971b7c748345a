import { DomainError } from '../../common/errors.js';
import type { Tool } from './tools.js';

/** What tools say on stderr of a dump that is nevertheless whole. */
const noise = [
  /Using a password on the command line/i,
  /^WARNING: option --ssl-verify-server-cert is disabled/i,
];

export function withoutNoise(errors: string): string {
  return errors
    .split('\n')
    .filter((line) => line.trim() !== '' && !noise.some((pattern) => pattern.test(line)))
    .join('\n');
}

/** A tool that ends with 0 has still lost something when it says so. */
export function meansLoss(errors: string): boolean {
  return /got error|\berror:|couldn't|can't|cannot|denied|lost connection|doesn't exist|skipping/i.test(
    errors,
  );
}

export function toolFailed(tool: Tool, exitCode: number | undefined, errors: string): DomainError {
  const code = exitCode === undefined ? 'was ended from outside' : `ended with code ${exitCode}`;
  const said = errors.slice(-500) || 'It gave no reason.';
  return new DomainError('dump-failed', `${tool.name} ${code}: ${said}`);
}
