import { isDomainError } from '../common/errors.js';
import type { Storage } from '../storage/storage.types.js';
import type { BlobsService } from './blobs.service.js';
import type { ListWriter, OpenList } from './document-list.js';
import type { DocumentFacts, DocumentOwner, DocumentScope, DocumentWatch } from './documents.types.js';
import { PendingList } from './pending-list.js';

interface Source {
  scope: DocumentScope;
  owner: DocumentOwner;
  backupId: string;
  facts: DocumentFacts;
  /** The list of the backup that has them; throws DomainError `artefact-damaged`. */
  open(): Promise<OpenList>;
}

/** The documents that another backup has, as far as they are the owner's: nothing but a list is written. */
export class InheritDocuments extends PendingList {
  constructor(
    store: Storage,
    private readonly blobs: BlobsService,
    private readonly source: Source,
  ) {
    super(store);
  }

  protected async *lines(writer: ListWriter, { signal }: DocumentWatch): AsyncGenerator<string> {
    const { owner, backupId: backup, scope } = this.source;
    const list = await this.#open();
    const names = scope.folders.map(({ name }) => name);
    const folders = names.filter((name) => list?.header.folders.includes(name));
    yield writer.begin({ backup, owner, folders });
    for await (const document of list?.documents ?? []) {
      signal?.throwIfAborted();
      const { path } = document;
      if (!folders.includes(path.split('/', 1)[0] ?? '') || !scope.includes(path)) continue;
      if (await this.blobs.has(document)) yield writer.add(document);
      else this.miss({ path, reason: 'is damaged or missing in the full backup' });
    }
    this.#missWhatWasMissed();
    yield writer.end();
  }

  /** The rows do not have to wait for a list that is whole. */
  async #open(): Promise<OpenList | null> {
    try {
      return await this.source.open();
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'artefact-damaged') throw error;
      const reason = 'is not known: the list of the documents of the full backup is damaged or missing';
      for (const { name } of this.source.scope.folders) this.miss({ path: name, reason });
      return null;
    }
  }

  #missWhatWasMissed(): void {
    const { scope, facts } = this.source;
    const { count, files } = facts.partial ?? { count: 0, files: [] };
    for (const missed of files) if (scope.mayHold(missed.path)) this.miss(missed);
    if (count === files.length) return;
    const reason = `perhaps: the full backup lacks ${count - files.length} more documents, which it does not name`;
    this.miss({ path: 'others', reason });
  }
}
