import type { ArtefactPart } from '../artefacts/artefacts.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import type { NewBackup, VerificationLevel } from '../catalog/catalog.types.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { BackupDocuments } from '../documents/documents.types.js';
import type { DumpContents, WorkOptions } from '../engines/engine.types.js';

/** What goes into one backup. An engine's dump is one; so is the export of a project. */
export interface Production {
  readonly parts: readonly ArtefactPart[];
  readonly serverVersion: string;
  readonly toolVersion: string;
  /** The backup that the documents come from, when it is not the present ones that belong to what is made. */
  readonly documentsOf?: BackupDocuments;
  /** Call after every part was read; throws unless what they gave is whole. */
  finish(): Promise<DumpContents>;
  /** Ends whatever runs. Safe at any time. */
  abort(): Promise<void>;
}

export interface BackupOrder {
  database: RegisteredDatabase;
  /** What the catalogue shall say of it. */
  backup: NewBackup;
  /** When it was written down before: then this row is it. */
  scheduled?: BackupEntity;
  /** How far it is verified before it counts. */
  verify: VerificationLevel;
  /** The newest N of its scope are kept; null leaves retention to the caller. */
  keepNewest: number | null;
  produce(work: WorkOptions): Promise<Production>;
  /** Takes the documents of the database, or of the project, along. */
  withDocuments?: boolean;
}
