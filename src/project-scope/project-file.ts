import { DomainError } from '../common/errors.js';
import { backupVersion, isNewer } from './versions/up-converters.js';

/** The first keys of a project file; who, what, when, and which schema it fits. Times are ISO 8601 in UTC. */
export interface ProjectFileHeader {
  format: 'holdfast-project';
  backup_version: typeof backupVersion;
  project_id: number | string;
  project_name: string;
  created_at: string;
  created_by: number | null;
  created_by_name: string | null;
  engine: string;
  root_table: string;
  schema_fingerprint: string;
}

/** Precedes the rows of a table. `types` are the database's own. */
export interface ProjectFileTable {
  name: string;
  columns: string[];
  types: string[];
  key: string[];
  /** Its rows are nobody's, and are restored only where the table has none. */
  when_empty?: true;
}

/*
 * The file is one JSON document, laid out in lines so that it can be streamed, compared and read by people: the header,
 * `"tables":[`, for each table a line that ends with `"rows":[`, a row a line, `]}`, then `],`, the totals and the
 * digest, which is the SHA-256 of all bytes before its own line. docs/format.md describes it for strangers.
 */

export function headerLine(header: ProjectFileHeader): string {
  return `${JSON.stringify(header).slice(0, -1)},\n"tables":[\n`;
}

export function tableLine(table: ProjectFileTable): string {
  return `${JSON.stringify(table).slice(0, -1)},"rows":[\n`;
}

export function tableEnd(last: boolean): string {
  return last ? ']}\n' : ']},\n';
}

export function totalsLine(totals: Record<string, number>): string {
  return `],\n"totals":${JSON.stringify(totals)},\n`;
}

export function digestLine(sha256: string): string {
  return `"digest":"sha256:${sha256}"}\n`;
}

/** Reads a line of the layout back; `close` completes it to JSON. Throws DomainError `artefact-damaged`. */
export function parseLine<T>(line: string, close: string, place: string): T {
  try {
    return JSON.parse(line.replace(/,$/, '') + close) as T;
  } catch (error) {
    throw damagedFile(`${place} is not what it should be`, error);
  }
}

export function damagedFile(what: string, cause?: unknown): DomainError {
  const detail = `The project backup is damaged: ${what}. Nothing was changed; use another backup.`;
  return new DomainError('artefact-damaged', detail, { cause });
}

/** Of a version that cannot be read: because a later Holdfast wrote it, or because there is none. */
export function unknownVersion(version: unknown): DomainError {
  const text = String(version).slice(0, 20);
  if (!isNewer(text)) return damagedFile(`its version "${text}" is not known`);
  return new DomainError(
    'artefact-unfit',
    `The project backup has the version ${text}, and this Holdfast reads files up to ${backupVersion}. Nothing was changed; ` +
      'update Holdfast first.',
  );
}
