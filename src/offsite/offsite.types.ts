import type { BackupEntity } from '../catalog/backup.entity.js';
import type { OffsiteCopy } from './offsite-copy.entity.js';

/**
 * `waiting`: to be made, or being made. `done`: whole in its place; only these count. `damaged`: found to be other than what
 * was stored, with nothing left to make it anew from. `removing`: its backup is gone, and it goes as soon as the place lets it.
 */
export type CopyState = 'waiting' | 'done' | 'damaged' | 'removing';

/** What lists show of one place. */
export interface PlaceStats {
  count: number;
  bytes: number;
}

/** A copy that somebody is at, and the backup that it is of. */
export interface CopyTask {
  copy: OffsiteCopy;
  backup: BackupEntity;
}
