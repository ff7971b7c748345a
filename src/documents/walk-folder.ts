import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf } from '../common/errors.js';
import {
  type DocumentFolder,
  type DocumentScope,
  type MissedDocument,
  reservedName,
} from './documents.types.js';

/** `path` as in lists; `absolute` where it stands. */
export type Met = { kind: 'file'; path: string; absolute: string } | ({ kind: 'missed' } & MissedDocument);

/**
 * What stands in a folder and belongs to a scope, one entry at a time and in no order. Links are not followed; what cannot
 * be backed up is met as missed.
 */
export async function* walkFolder({ name, path }: DocumentFolder, scope: DocumentScope): AsyncGenerator<Met> {
  yield* walk(name, path, scope, true);
}

async function* walk(
  path: string,
  absolute: string,
  scope: DocumentScope,
  isTop: boolean,
): AsyncGenerator<Met> {
  const entries = await opened(absolute);
  if (typeof entries === 'string') {
    if (entries !== 'ENOENT' || isTop) yield missed(path, `is a folder that cannot be read (${entries})`);
    return;
  }
  for await (const entry of entries) {
    if (isTop && entry.name === reservedName) continue;
    const raw = Buffer.from(entry.name, 'latin1');
    const name = raw.toString('utf8');
    const below = `${path}/${name}`;
    if (entry.isDirectory() ? !scope.mayHold(below) : !scope.includes(below)) continue;
    if (!Buffer.from(name, 'utf8').equals(raw)) yield missed(below, 'has a name that is not UTF-8');
    else if (entry.isDirectory()) yield* walk(below, join(absolute, name), scope, false);
    else if (entry.isFile()) yield { kind: 'file', path: below, absolute: join(absolute, name) };
    else yield missed(below, whatItIs(entry));
  }
}

/** Names as their bytes, in latin1: one that is not UTF-8 would be changed. The code of the error when it cannot be read. */
async function opened(folder: string): Promise<AsyncIterable<Dirent> | string> {
  try {
    return await opendir(folder, { encoding: 'latin1' });
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === undefined) throw error;
    return code;
  }
}

function whatItIs(entry: Dirent): string {
  return entry.isSymbolicLink()
    ? 'is a symbolic link, and links are not followed'
    : 'is neither a file nor a folder';
}

function missed(path: string, reason: string): Met {
  return { kind: 'missed', path, reason };
}
