import { Injectable } from '@nestjs/common';
import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { DomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import { StorageService } from '../storage/storage.service.js';
import { BlobsService } from './blobs.service.js';
import { CollectDocuments, spoolIn } from './collect-documents.js';
import { damaged, type OpenList, readList } from './document-list.js';
import { projectScope, wholeScope } from './document-scope.js';
import type {
  BackupDocuments,
  DocumentCollection,
  DocumentFacts,
  DocumentFolder,
  DocumentObject,
  DocumentOwner,
  DocumentScope,
  DocumentWatch,
} from './documents.types.js';
import { InheritDocuments } from './inherit-documents.js';

/** Only this one has document folders; see docs/operations.md. */
const databaseWithDocuments = 'default';
/** So many faults are named in one sentence. */
const namedAtMost = 5;

/** The files that belong to a database or to a project in it: what a backup has of them. */
@Injectable()
export class DocumentsService {
  constructor(
    private readonly settings: Settings,
    private readonly storage: StorageService,
    private readonly artefacts: ArtefactsService,
    private readonly blobs: BlobsService,
  ) {}

  /** Which files are an owner's, where the folders really stand; null when it can have none. */
  async scopeOf({ database, projectId }: DocumentOwner): Promise<DocumentScope | null> {
    const { HOLDFAST_DOCUMENTS_DIR: named, HOLDFAST_PROJECT_DOCUMENTS: patterns } = this.settings.env;
    if (database !== databaseWithDocuments || named.length === 0) return null;
    const folders = await Promise.all(named.map(inPlace));
    if (projectId === null) return wholeScope(folders);
    const scope = projectScope(folders, patterns, projectId);
    return scope.folders.length === 0 ? null : scope;
  }

  /** Sentences: what a backup would lack. */
  async problemsOf(database: string): Promise<string[]> {
    const advice = 'does not exist or cannot be read. Check HOLDFAST_DOCUMENTS_DIR.';
    return (await this.missingOf(database)).map((name) => `The document folder "${name}" ${advice}`);
  }

  /** The names of configured folders that do not exist or cannot be read. */
  async missingOf(database: string): Promise<string[]> {
    const scope = await this.scopeOf({ database, projectId: null });
    const folders = scope?.folders ?? [];
    const readable = await Promise.all(folders.map(isReadable));
    return folders.filter((_, index) => !readable[index]).map(({ name }) => name);
  }

  /** Looks which files there are, before the rows are read; null when the owner can have none. */
  async begin(
    owner: DocumentOwner,
    backupId: string,
    { workFolder, signal }: { workFolder: string; signal?: AbortSignal },
  ): Promise<DocumentCollection | null> {
    const scope = await this.scopeOf(owner);
    if (!scope) return null;
    const source = { scope, owner, backupId, spool: spoolIn(workFolder) };
    const collection = new CollectDocuments(this.storage.store, this.blobs, source);
    await collection.look(signal);
    return collection;
  }

  /** As `begin`, with what another backup has of them; null when the owner can have none. */
  async inherit(
    owner: DocumentOwner,
    backupId: string,
    { artefact, facts }: BackupDocuments,
  ): Promise<DocumentCollection | null> {
    const scope = await this.scopeOf(owner);
    if (!scope) return null;
    const open = () => this.open(artefact, facts);
    return new InheritDocuments(this.storage.store, this.blobs, { scope, owner, backupId, facts, open });
  }

  /**
   * The list beside an artefact, which must be the one that its manifest names. Throws DomainError `artefact-damaged`, at
   * once or while it is read.
   */
  async open(artefact: string, facts: DocumentFacts): Promise<OpenList> {
    const path = this.artefacts.documentListPath(artefact);
    if (!(await this.storage.store.stat(path))) throw damaged('is missing');
    const { sha256 } = await this.storage.store.digest(path);
    if (sha256 !== facts.list_sha256) throw damaged('is not the one that its manifest names');
    return readList(await this.storage.store.open(path));
  }

  /**
   * Compares the list and every content with what the manifest says; `anew` reads also those that were found right
   * lately. Throws DomainError `artefact-damaged`, which names what is missing or damaged.
   */
  async verify(
    artefact: string,
    facts: DocumentFacts,
    { anew = false, signal }: { anew?: boolean } & DocumentWatch = {},
  ): Promise<void> {
    const { documents } = await this.open(artefact, facts);
    const faults: string[] = [];
    let faulty = 0;
    for await (const { path, sha256, bytes } of documents) {
      signal?.throwIfAborted();
      const fault = await this.blobs.faultOf({ sha256, bytes }, anew);
      if (fault === null) continue;
      faulty += 1;
      if (faults.length < namedAtMost) faults.push(`${path} ${fault}`);
    }
    if (faulty === 0) return;
    const more = faulty > faults.length ? `, and ${faulty - faults.length} more` : '';
    throw new DomainError(
      'artefact-damaged',
      `The stored content of ${faulty} of its documents is damaged or missing: ${faults.join('; ')}${more}. ` +
        'The rows of the backup can be restored without documents.',
    );
  }

  /** Whether a content is in the store and is, to its last byte, what its name says. */
  async isRight({ sha256, bytes }: DocumentObject): Promise<boolean> {
    return (await this.blobs.faultOf({ sha256, bytes }, true)) === null;
  }

  /** Everything that belongs to a backup beside its artefact and manifest: its list first, then each content, perhaps more than once. */
  async *objectsOf(artefact: string, facts: DocumentFacts): AsyncGenerator<DocumentObject> {
    const key = this.artefacts.documentListPath(artefact);
    const { bytes } = (await this.storage.store.stat(key)) ?? { bytes: 0 };
    const { documents } = await this.open(artefact, facts);
    yield { key, bytes, sha256: facts.list_sha256 };
    for await (const { sha256, bytes: length } of documents) {
      yield { key: this.blobs.keyOf(sha256), bytes: length, sha256 };
    }
  }
}

/** A folder may be named by a link; within it none is followed. One that is missing is said by whoever reads it. */
async function inPlace({ name, path }: DocumentFolder): Promise<DocumentFolder> {
  return { name, path: await realpath(path).catch(() => path) };
}

async function isReadable({ path }: DocumentFolder): Promise<boolean> {
  return access(path, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
