import type { BackupEntity } from '../catalog/backup.entity.js';
import type { DownloadLink } from './download-link.entity.js';

export interface LinkWish {
  /** Seconds. */
  expiresIn: number;
  singleUse: boolean;
}

export interface MadeLink {
  link: DownloadLink;
  /** Nobody sees it again. */
  token: string;
  /** An address of the object storage, which alone has the backup; it ends by itself, and cannot be revoked. */
  direct: string | null;
}

/** What of the file one answer brought. */
export interface Sent {
  /** Where it began; `bytes` from there went out. */
  start: number;
  bytes: number;
  /** Whether all of it went out that was to. */
  isComplete: boolean;
}

/** What may be sent now. */
export interface Delivery {
  link: DownloadLink;
  backup: BackupEntity;
  /** Of the file, on this machine. */
  path: string;
}
