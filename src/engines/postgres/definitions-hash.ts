import { createHash } from 'node:crypto';
import type { PartName, PartScanner } from './part-scanner.js';

/** SHA-256 over those of the parts that hold no rows. */
export function definitionsHash(scanners: ReadonlyMap<PartName, PartScanner>): string {
  const hash = createHash('sha256');
  for (const part of ['definitions', 'constraints'] as const) hash.update(scanners.get(part)?.sha256 ?? '');
  return hash.digest('hex');
}
