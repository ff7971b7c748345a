import type { BackupEntity } from './backup.entity.js';
import type { BackupFault } from './catalog.types.js';

/** The copy of a backup in one place, as lists show it. */
export interface CopySummary {
  /** The place's location. */
  place: string;
  /** Null for a place that is configured no more. */
  kind: string | null;
  state: 'waiting' | 'done' | 'damaged' | 'removing';
  /** Whether it can be asked for: done, in a place that is configured. */
  isGood: boolean;
  /** Of what stands there, bytes. */
  size: number | null;
  sha256: string | null;
  /** Public keys that it was encrypted for; null: not encrypted. */
  recipients: string[] | null;
  url: string | null;
  madeAt: Date | null;
  checkedAt: Date | null;
  /** Why the last try failed. */
  error: BackupFault | null;
}

/** Knows the copies of backups that are kept away from the backup folder; implemented by offsite/, above. */
export abstract class Elsewhere {
  /** The copies of these backups, by the backup's id; those in the nearest place first. */
  abstract copiesOf(backupIds: readonly string[]): Promise<Map<string, CopySummary[]>>;

  /** Backups of which a copy is still being made, or waits to be. */
  abstract underWay(): Promise<Set<string>>;

  /**
   * Brings a backup's file and manifest back into the backup folder, over what stands there, from the nearest good copy.
   * False when there is none. Throws DomainError `storage-unavailable` when there is one that cannot be asked now,
   * `no-space`, and what the decryption throws.
   */
  abstract bringBack(backup: BackupEntity): Promise<boolean>;

  /** The backup goes: writes down that its copies are to go. That happens soon, or when the places are there again. */
  abstract forget(backup: BackupEntity): Promise<void>;
}
