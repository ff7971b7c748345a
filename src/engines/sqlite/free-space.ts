import { stat, statfs } from 'node:fs/promises';
import { DomainError } from '../../common/errors.js';
import { formatBytes } from '../../common/sizes.js';

export interface SpaceNeed {
  folder: string;
  bytes: number;
}

/**
 * Adds up what is needed on each volume. Throws DomainError `no-space` when one has less than that free; its sentence ends
 * with `advice`.
 */
export async function mustHaveSpace(
  needs: readonly SpaceNeed[],
  advice = 'Make room and try again.',
): Promise<void> {
  const volumes = new Map<number, SpaceNeed>();
  for (const { folder, bytes } of needs) {
    const { dev } = await stat(folder);
    volumes.set(dev, { folder, bytes: bytes + (volumes.get(dev)?.bytes ?? 0) });
  }
  for (const { folder, bytes } of volumes.values()) {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    if (free >= bytes) continue;
    throw new DomainError(
      'no-space',
      `This needs ${formatBytes(bytes)} of free space and finds ${formatBytes(free)}. ${advice}`,
    );
  }
}
