import type { Manifest } from '../artefacts/artefacts.types.js';
import type { EncryptionService } from '../encryption/encryption.service.js';

/**
 * What whoever sets a machine up anew may have forgotten of the keys, told before it hurts: at a restore, or when copies lie
 * in the clear beside encrypted ones.
 */
export function keyWarnings(
  found: readonly Pick<Manifest, 'encryption'>[],
  keys: Pick<EncryptionService, 'enabled' | 'opens'>,
): string[] {
  const encrypted = found.flatMap(({ encryption }) => (encryption ? [encryption.recipients] : []));
  const closed = encrypted.filter((recipients) => !keys.opens(recipients));
  const warnings: string[] = [];
  if (closed.length > 0) {
    warnings.push(
      `No key of this service opens ${closed.length} of the copies that were found. Name a file with a secret key of these in ` +
        `HOLDFAST_AGE_IDENTITY_FILE before one is needed: ${[...new Set(closed.flat())].join(', ')}`,
    );
  }
  if (encrypted.length > 0 && !keys.enabled) {
    warnings.push(
      'The copies that were found are encrypted, and those that this service makes will not be. Name the public keys in ' +
        'HOLDFAST_AGE_RECIPIENTS.',
    );
  }
  return warnings;
}
