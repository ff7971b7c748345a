import { createHash } from 'node:crypto';
import { mkdir, open, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DomainError, errorCodeOf, isDomainError, isOutOfSpace } from '../common/errors.js';
import { formatBytes } from '../common/sizes.js';
import type { BlobsService } from './blobs.service.js';
import { damaged } from './document-list.js';
import type { DocumentFolder, DocumentWatch, ListedDocument } from './documents.types.js';

/** `path` below its folder. */
export function splitPath(path: string): { name: string; below: string } {
  const slash = path.indexOf('/');
  return { name: path.slice(0, slash), below: path.slice(slash + 1) };
}

/** Throws DomainError `no-space` when a folder has less room than its documents need beside what is there. */
export async function mustHaveRoom(
  folders: readonly DocumentFolder[],
  documents: AsyncIterable<ListedDocument>,
): Promise<void> {
  const needs = new Map<string, number>();
  for await (const { path, bytes } of documents) {
    const { name } = splitPath(path);
    needs.set(name, (needs.get(name) ?? 0) + bytes);
  }
  for (const { name, path } of folders) {
    const { bavail, bsize } = await statfs(path);
    const need = needs.get(name) ?? 0;
    if (bavail * bsize >= need) continue;
    throw new DomainError(
      'no-space',
      `The documents of "${name}" need ${formatBytes(need)} beside what is there, and ${formatBytes(bavail * bsize)} is free. ` +
        'Make room, or restore without documents.',
    );
  }
}

/**
 * Copies a document out of the store to a place where nothing is yet, and compares it with its hash. Its bytes. Throws DomainError
 * `artefact-damaged`, `no-space`.
 */
export async function stageDocument(
  blobs: BlobsService,
  document: ListedDocument,
  half: string,
  { signal }: DocumentWatch,
): Promise<number> {
  signal?.throwIfAborted();
  const { path, sha256, mtime, mode } = document;
  const target = join(half, splitPath(path).below);
  try {
    await mkdir(dirname(target), { recursive: true });
    // Nobody else writes here: a name that is taken stands in the list twice, or is a folder there.
    const file = await open(target, 'wx', 0o600);
    try {
      const hash = createHash('sha256');
      for await (const chunk of await blobs.open(sha256)) {
        signal?.throwIfAborted();
        const bytes = chunk as Buffer;
        hash.update(bytes);
        await file.writeFile(bytes);
      }
      if (hash.digest('hex') !== sha256) throw lost(path, 'is damaged');
      await file.chmod(Number.parseInt(mode, 8));
      const modified = Date.parse(mtime) / 1000;
      await file.utimes(modified, modified);
      await file.datasync();
      return document.bytes;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw meaningOf(error, path);
  }
}

function meaningOf(error: unknown, path: string): unknown {
  if (isDomainError(error) && error.code === 'not-found') return lost(path, 'is missing');
  if (isDomainError(error)) return error;
  if (['EEXIST', 'ENOTDIR', 'EISDIR'].includes(errorCodeOf(error) ?? '')) {
    return damaged(`names ${path} twice, or as a file and as a folder`, error);
  }
  if (isOutOfSpace(error)) {
    const detail = 'The disk with the documents is full. Nothing was changed; make room and try again.';
    return new DomainError('no-space', detail, { cause: error });
  }
  return error;
}

function lost(path: string, what: string): DomainError {
  return new DomainError(
    'artefact-damaged',
    `The stored content of the document ${path} ${what}. Nothing was changed; restore without documents, or use another backup.`,
  );
}
