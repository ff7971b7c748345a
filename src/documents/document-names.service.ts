import { Injectable } from '@nestjs/common';
import { readList } from './document-list.js';
import { NameSpool } from './name-spool.js';

/** Which contents lists name, however many. */
@Injectable()
export class DocumentNames {
  /** The hashes that a list names, some perhaps more than once. Throws DomainError `artefact-damaged`, also while it is read. */
  async *in(list: AsyncIterable<Buffer>): AsyncGenerator<string> {
    const { documents } = await readList(list);
    for await (const { sha256 } of documents) yield sha256;
  }

  /** Keeps hashes in files of this folder, so that a part of them is in memory at a time. */
  spool(folder: string): NameSpool {
    return new NameSpool(folder);
  }
}
