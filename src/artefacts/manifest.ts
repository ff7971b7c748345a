import { z } from 'zod';
import { DomainError } from '../common/errors.js';
import type { Storage } from '../storage/storage.types.js';

const part = z.object({ name: z.string(), offset: z.number(), length: z.number() });

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const contents = z.object({
  tables: z.array(z.object({ name: z.string(), rows: z.number(), sha256: sha256.optional() })),
  views: z.array(z.string()),
  triggers: z.array(z.string()),
  routines: z.array(z.string()),
  events: z.array(z.string()),
  definitions: sha256.optional(),
  warnings: z.array(z.string()),
  consistencyPoint: z.record(z.string(), z.string()).nullable(),
});

const documents = z.object({
  files: z.number(),
  bytes: z.number(),
  list_sha256: sha256,
  /** What should be in the backup and is not: how much, and the first of it. */
  partial: z
    .object({ count: z.number(), files: z.array(z.object({ path: z.string(), reason: z.string() })) })
    .optional(),
});

/**
 * The JSON beside an artefact. With artefacts and manifests alone the catalogue can be rebuilt. Sizes are bytes, times
 * ISO 8601 in UTC. Described for strangers in docs/format.md.
 */
const manifest = z.object({
  format: z.literal('holdfast-manifest'),
  format_version: z.literal(1),
  id: z.string(),
  scope: z.enum(['full', 'project']),
  database: z.string(),
  project_id: z.string().nullable(),
  project_name: z.string().nullable(),
  filename: z.string(),
  size: z.number(),
  sha256,
  uncompressed_size: z.number(),
  compression: z.enum(['none', 'gzip', 'zstd']),
  /** Of a copy that was encrypted on its way out; `size` and `sha256` above are those of what went in. */
  encryption: z
    .object({
      format: z.literal('age-encryption.org/v1'),
      recipients: z.array(z.string()),
      size: z.number(),
      sha256,
    })
    .nullable(),
  engine: z.enum(['mysql', 'postgres', 'sqlite']),
  server_version: z.string(),
  tool_version: z.string(),
  parts: z.array(part),
  contents,
  method: z.enum(['manual', 'periodic']),
  description: z.string().nullable(),
  created_by: z.number().nullable(),
  created_by_name: z.string().nullable(),
  created_at: z.string(),
  finished_at: z.string(),
  /** The order in time; absent in the manifests of the first versions. */
  ordinal: z.number().optional(),
  /** Of the undo of a restore. */
  keep_until: z.string().optional(),
  /** What the list of documents beside the artefact holds; absent without documents. */
  documents: documents.optional(),
});

export type Manifest = z.infer<typeof manifest>;
export type ManifestDocuments = z.infer<typeof documents>;

const ending = '.manifest.json';
const listEnding = '.documents.jsonl';

export function manifestPath(artefact: string): string {
  return artefact + ending;
}

/** Where the list of a backup's documents stands. */
export function documentListPath(artefact: string): string {
  return artefact + listEnding;
}

/** The artefact that a list of documents stands beside; null for the path of anything else. */
export function artefactOfList(path: string): string | null {
  return path.endsWith(listEnding) ? path.slice(0, -listEnding.length) : null;
}

/** The artefact that a manifest stands beside; null for the path of anything else. */
export function artefactOf(path: string): string | null {
  return path.endsWith(ending) ? path.slice(0, -ending.length) : null;
}

export function manifestText(content: Manifest): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

export async function writeManifest(store: Storage, artefact: string, content: Manifest): Promise<void> {
  await store.putSmall(manifestPath(artefact), manifestText(content));
}

/** Throws DomainError `artefact-damaged` when it is missing, unreadable or of a version that we do not know. */
export async function readManifest(store: Storage, artefact: string): Promise<Manifest> {
  if (!(await store.stat(manifestPath(artefact)))) throw damaged('is missing');
  return parseManifest(await store.getSmall(manifestPath(artefact)));
}

/** Throws DomainError `artefact-damaged` for anything that is no manifest. */
export function parseManifest(text: string): Manifest {
  const result = manifest.safeParse(parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw damaged(`is not valid at "${issue?.path.join('.') ?? ''}"`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged('is not JSON', error);
  }
}

function damaged(what: string, cause?: unknown): DomainError {
  const detail = `The manifest beside the backup ${what}, so nothing tells whether the backup is whole. Use another backup.`;
  return new DomainError('artefact-damaged', detail, { cause });
}
