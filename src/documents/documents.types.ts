import type { ManifestDocuments } from '../artefacts/artefacts.types.js';
import type { DocumentFolder } from '../config/documents-settings.js';

export type { DocumentFolder } from '../config/documents-settings.js';

/** Whose documents: those of a database, or of one project in it. */
export interface DocumentOwner {
  database: string;
  /** Null: all of them. */
  projectId: string | null;
}

/** Which files belong to an owner. */
export interface DocumentScope {
  folders: readonly DocumentFolder[];
  /** Of the file with this path, which begins with the name of its folder. */
  includes(path: string): boolean;
  /** Whether a file that is included may stand somewhere below this folder. */
  mayHold(folder: string): boolean;
}

/** A file as the list of a backup names it. */
export interface ListedDocument {
  /** With forward slashes; it begins with the name of its folder. */
  path: string;
  /** Hexadecimal; the name of its content in the store. */
  sha256: string;
  bytes: number;
  /** ISO 8601, UTC. */
  mtime: string;
  /** Octal: `644`. */
  mode: string;
}

/** Something that should be in the backup and is not. */
export interface MissedDocument {
  path: string;
  /** `was removed while the backup was made` */
  reason: string;
}

/** What a backup has of documents, as its manifest says. */
export type DocumentFacts = ManifestDocuments;

/** Where the documents of a backup are told of. */
export interface BackupDocuments {
  /** Relative to the storage. */
  artefact: string;
  facts: DocumentFacts;
}

/** For people; a backup that says this still counts as one of the rows. */
export function partialWarning({ count, files }: NonNullable<DocumentFacts['partial']>): string {
  const some = files.slice(0, 3).map(({ path, reason }) => `${path} ${reason}`);
  const more = count > some.length ? `; and ${count - some.length} more` : '';
  return `The backup is partial: ${count} of its documents ${count === 1 ? 'is' : 'are'} not in it (${some.join('; ')}${more}).`;
}

/** The object of a backup that stands in the storage beside its artefact: its list, or the content of a document. */
export interface DocumentObject {
  /** Relative to the storage. */
  key: string;
  bytes: number;
  sha256: string;
}

/** What hears how far it is. */
export interface DocumentWatch {
  signal?: AbortSignal | undefined;
  /** Hears of the bytes that were read since it last heard. */
  onBytes?: ((bytes: number) => void) | undefined;
}

/** The folder of the storage with the contents of documents; nothing else stands there. */
export const documentStore = 'documents';

/** The name within each folder under which restores keep what they replaced; no document has it. */
export const reservedName = '.holdfast';

/** The documents of one backup under way. `publish` after the artefact and before its manifest (invariant 1). */
export interface DocumentCollection {
  /** Stores every content that is not there yet, and the list under a working name. */
  storeAll(listPath: string, watch: DocumentWatch): Promise<DocumentFacts>;
  publish(): Promise<void>;
  /** After `publish` it does nothing. */
  discard(): Promise<void>;
}
