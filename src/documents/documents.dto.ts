import type { DocumentFacts } from './documents.types.js';

export class MissedDocumentDto {
  path!: string;
  reason!: string;
}

/** What should be in a backup and is not. */
export class PartialDocumentsDto {
  count!: number;
  /** the first hundred of them */
  files!: MissedDocumentDto[];
}

/** The files of the document folders that a backup has. */
export class DocumentsDto {
  files!: number;
  /** of all of them, however often the same content stands among them */
  bytes!: number;
  /** null when nothing is missed */
  partial!: PartialDocumentsDto | null;

  static of(facts: DocumentFacts | null | undefined): DocumentsDto | null {
    if (!facts) return null;
    const { files, bytes, partial = null } = facts;
    return { files, bytes, partial };
  }
}
