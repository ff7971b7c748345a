import type { Manifest } from '../artefacts/artefacts.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import type { VerificationLevel } from '../catalog/catalog.types.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { Check } from '../engines/engine.types.js';

export interface VerificationReport {
  backup: BackupEntity;
  /** What was asked for, and reached. */
  level: VerificationLevel;
  verifiedAt: Date;
  /** `ok` is left out where a check that fails is an error. */
  checks: (Check & { ok?: boolean })[];
}

/** What somebody wants verified. */
export interface VerificationWish {
  level: VerificationLevel;
  /** The copies in other places, too, to their last byte. */
  copies: boolean;
}

/** What a verification tells whoever started it, and what ends it early. */
export interface VerificationWatch {
  signal?: AbortSignal;
  phase?: (name: string) => void;
  /** Reads also the documents that other backups share and that were found right lately. */
  anew?: boolean;
}

/** A backup whose file is the one that was written. */
export interface StoredBackup {
  backup: BackupEntity;
  database: RegisteredDatabase;
  manifest: Manifest;
}

/** What one scope of backups needs to be verified beyond its bytes. */
export interface ContentVerifier {
  /** Reads what is in the file. Throws DomainError `artefact-damaged`, `artefact-unfit`. */
  readable(stored: StoredBackup, watch: VerificationWatch): Promise<Check[]>;
  /** Restores it beside live and compares. Throws as `readable`, and what keeps it from being tried. */
  restorable(stored: StoredBackup, watch: VerificationWatch): Promise<Check[]>;
}
