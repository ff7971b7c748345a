import { createInterface } from 'node:readline/promises';
import { DomainError } from '../common/errors.js';

/** Asks on the terminal. Without one, only `--yes` is a yes. Throws DomainError `bad-input`. */
export async function mustBeSure(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new DomainError('bad-input', `${question} Say --yes when nobody can be asked.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if (/^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())) return;
  } finally {
    terminal.close();
  }
  throw new DomainError('bad-input', 'Nothing was changed.');
}
