import { createHash } from 'node:crypto';
import { z } from 'zod';
import { boundedLines } from '../common/bounded-lines.js';
import { DomainError } from '../common/errors.js';
import { type DocumentOwner, type ListedDocument, reservedName } from './documents.types.js';

/** A path of 4096 bytes, each written as an escape of six. */
const longestLine = 64 * 1024;
const longestPath = 4096;
const longestName = 255;

export interface ListHeader {
  /** The id of the backup. */
  backup: string;
  owner: DocumentOwner;
  /** The names of the folders that were read; those that were missing are not among them. */
  folders: string[];
}

const header = z.object({
  format: z.literal('holdfast-documents'),
  format_version: z.literal(1),
  backup: z.string(),
  database: z.string(),
  project_id: z.string().nullable(),
  folders: z.array(z.string()),
});
const document = z.object({
  path: z.string().refine(isSafePath),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().min(0),
  mtime: z.iso.datetime(),
  mode: z.string().regex(/^[0-7]{1,3}$/),
});
const totals = z.object({ files: z.number(), bytes: z.number(), sha256: z.string() });

/** Writes the lines of a list: described for strangers in docs/format.md. */
export class ListWriter {
  files = 0;
  bytes = 0;
  readonly #hash = createHash('sha256');

  begin({ backup, owner, folders }: ListHeader): string {
    const { database, projectId } = owner;
    const first = { format: 'holdfast-documents', format_version: 1, backup, database };
    return this.#line({ ...first, project_id: projectId, folders });
  }

  add({ path, sha256, bytes, mtime, mode }: ListedDocument): string {
    this.files += 1;
    this.bytes += bytes;
    return this.#line({ path, sha256, bytes, mtime, mode });
  }

  end(): string {
    const { files, bytes } = this;
    return `${JSON.stringify({ files, bytes, sha256: this.#hash.digest('hex') })}\n`;
  }

  #line(content: object): string {
    const line = `${JSON.stringify(content)}\n`;
    this.#hash.update(line);
    return line;
  }
}

/** A list as it is read: the header first, then the documents. */
export interface OpenList {
  header: ListHeader;
  documents: AsyncGenerator<ListedDocument>;
}

/**
 * Reads a list, which is hostile input. Throws DomainError `artefact-damaged`, at once or while it is read, when it is not
 * whole or a path of it leads out of its folders.
 */
export async function readList(stream: AsyncIterable<Buffer>): Promise<OpenList> {
  const lines = boundedLines(stream, longestLine, () => damaged('has a line that is too long'));
  const first = await lines.next();
  const parsed = header.safeParse(first.done ? null : parse(first.value));
  if (!parsed.success) throw damaged('does not begin as one');
  const { backup, database, project_id, folders } = parsed.data;
  const hash = createHash('sha256')
    .update(first.value as Buffer)
    .update('\n');
  return {
    header: { backup, owner: { database, projectId: project_id }, folders },
    documents: documents(lines, hash, folders),
  };
}

async function* documents(
  lines: AsyncGenerator<Buffer>,
  hash: ReturnType<typeof createHash>,
  folders: readonly string[],
): AsyncGenerator<ListedDocument> {
  const roots = new Set(folders);
  const seen = { files: 0, bytes: 0 };
  for await (const bytes of lines) {
    const line = parse(bytes);
    const end = totals.safeParse(line);
    if (end.success) {
      const { files, bytes: total, sha256 } = end.data;
      const isWhole = files === seen.files && total === seen.bytes && sha256 === hash.digest('hex');
      if (!isWhole) throw damaged('does not hold what its last line says');
      if (!(await lines.next()).done) throw damaged('goes on after its last line');
      return;
    }
    const found = document.safeParse(line);
    if (!found.success || !roots.has(found.data.path.split('/', 1)[0] ?? '')) {
      throw damaged(`has a line that names no document (line ${seen.files + 2})`);
    }
    hash.update(bytes).update('\n');
    seen.files += 1;
    seen.bytes += found.data.bytes;
    yield found.data;
  }
  throw damaged('is cut short');
}

/** Whether a path, joined to its folder, stays in it, and is one that a file can have. */
function isSafePath(path: string): boolean {
  const segments = path.split('/');
  const isName = (segment: string) =>
    segment !== '' && segment !== '.' && segment !== '..' && Buffer.byteLength(segment) <= longestName;
  return (
    segments.length > 1 &&
    segments.every(isName) &&
    segments[1] !== reservedName &&
    !path.includes('\0') &&
    Buffer.byteLength(path) <= longestPath &&
    Buffer.from(path, 'utf8').toString('utf8') === path
  );
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw damaged('has a line that is not JSON', error);
  }
}

export function damaged(what: string, cause?: unknown): DomainError {
  const detail = `The list of the documents beside the backup ${what}. Restore without documents, or use another backup.`;
  return new DomainError('artefact-damaged', detail, { cause });
}
