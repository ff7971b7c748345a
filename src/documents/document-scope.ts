import type { DocumentFolder } from '../config/documents-settings.js';
import type { DocumentScope } from './documents.types.js';

type Segment = { any: true } | { text: string };

interface Pattern {
  segments: Segment[];
  /** Whether it goes on with everything below. */
  open: boolean;
}

/** Everything in the folders. */
export function wholeScope(folders: readonly DocumentFolder[]): DocumentScope {
  return { folders, includes: () => true, mayHold: () => true };
}

/**
 * What the patterns give to one project. The id stands for itself, whatever characters it has, and one that cannot be the
 * name of a file owns none: it must not lead into another project's files.
 */
export function projectScope(
  folders: readonly DocumentFolder[],
  patterns: readonly string[],
  projectId: string,
): DocumentScope {
  const compiled = patterns.flatMap((text) => compile(text, projectId) ?? []);
  return {
    folders: folders.filter(({ name }) => compiled.some(({ segments }) => begins(segments, [name]))),
    includes: (path) => compiled.some((pattern) => includes(pattern, path.split('/'))),
    mayHold: (folder) => compiled.some(({ segments }) => begins(segments, folder.split('/'))),
  };
}

/**
 * Where a document of one project belongs in another one, whose id takes the place of the first's; null when no pattern
 * gives it to the first, or the other's id cannot be the name of a file.
 */
export function pathInProject(
  patterns: readonly string[],
  path: string,
  [from, to]: readonly [string, string],
): string | null {
  for (const text of patterns) {
    const [old, other] = [compile(text, from), compile(text, to)];
    if (!old || !other || !includes(old, path.split('/'))) continue;
    const named = other.segments.map((segment) => ('text' in segment ? segment.text : null));
    return path
      .split('/')
      .map((segment, index) => named[index] ?? segment)
      .join('/');
  }
  return null;
}

/** Null when the id cannot stand in a path. */
function compile(text: string, projectId: string): Pattern | null {
  const open = text.endsWith('/**');
  const segments = (open ? text.slice(0, -'/**'.length) : text)
    .split('/')
    .map((segment) => (segment === '*' ? { any: true as const } : { text: put(segment, projectId) }));
  return segments.every((segment) => 'any' in segment || isPlain(segment.text)) ? { segments, open } : null;
}

function put(segment: string, projectId: string): string {
  return segment.replace('{project_id}', () => projectId);
}

function isPlain(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && !/[/\0]/.test(segment);
}

function includes({ segments, open }: Pattern, path: readonly string[]): boolean {
  const fits = open ? path.length > segments.length : path.length === segments.length;
  return fits && begins(segments, path);
}

/** Whether they agree as far as both go. */
function begins(segments: readonly Segment[], path: readonly string[]): boolean {
  return segments.every((segment, index) => {
    const found = path[index];
    return found === undefined || 'any' in segment || segment.text === found;
  });
}
