import type { BackupEntity } from '../catalog/backup.entity.js';
import type { DumpEntity } from '../catalog/dump.entity.js';

/** What somebody wants to publish: a file of the backup folder, or a backup. */
export interface DumpWish {
  /** Relative to the backup folder. */
  path?: string | undefined;
  backupId?: string | undefined;
  /** Whose latest dump it is; for a file, which does not tell. */
  database?: string | undefined;
}

/** What may be published. */
export interface DumpSource {
  path: string;
  backup: BackupEntity | null;
  database: { id: string; name: string } | null;
  projectId: string | null;
}

/**
 * `unchecked`: it is another file than the one that was published, or it was touched, and has the same length; the next
 * download compares its hash first. `changed`: it is not what was published, and nobody gets it.
 */
export type DumpState = 'present' | 'missing' | 'unchecked' | 'changed';

export interface ShownDump {
  dump: DumpEntity;
  state: DumpState;
  /** When it was asked for. */
  backup?: BackupEntity | null;
}
