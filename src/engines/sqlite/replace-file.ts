import { constants } from 'node:fs';
import { copyFile, lstat, open, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DomainError } from '../../common/errors.js';
import { unannounced, type WorkOptions } from '../engine.types.js';
import { partialOf, type SqliteFile } from './sqlite-file.js';

/**
 * Puts a file in the place of one that SQLite cannot open, so that SQLite's own way of overwriting is closed. What was
 * there is gone. From the moment in which the replacement has its name beside live, it will be put in place, if need be
 * after a crash; before that, live is untouched. Throws DomainError `database-refused`, errors of the file system.
 */
export async function replaceFile(
  file: SqliteFile,
  staging: string,
  { id, exclusively = unannounced }: WorkOptions,
): Promise<void> {
  await mustBePlainFile(file);
  const replacement = file.replacementPath(id);
  const partial = partialOf(replacement);
  try {
    await copyFile(staging, partial, constants.COPYFILE_EXCL);
    await takeOverRights(file.path, partial);
    await syncPath(partial);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await exclusively(async () => {
    await rename(partial, replacement);
    await syncPath(file.folder);
    await putInPlace(file, replacement);
  });
}

/** Puts in place what a crash has left beside live. Call while holding the lock. Returns the names. */
export async function finishReplacements(file: SqliteFile): Promise<string[]> {
  const found = await file.listReplacements();
  for (const replacement of found) await putInPlace(file, replacement);
  return found.map((path) => basename(path));
}

/** A journal or a log of the old file would be played into the new one, so these go first. */
async function putInPlace(file: SqliteFile, replacement: string): Promise<void> {
  for (const suffix of ['-journal', '-wal', '-shm']) await rm(file.path + suffix, { force: true });
  await syncPath(file.folder);
  await rename(replacement, file.path);
  await syncPath(file.folder);
}

/** A rename would replace the link and leave the file that it points to. */
async function mustBePlainFile({ path, name }: SqliteFile): Promise<void> {
  if ((await lstat(path)).isFile()) return;
  throw new DomainError(
    'database-refused',
    `"${name}" is no plain file (a symbolic link, for one). Let the address name the file itself. Nothing was changed.`,
  );
}

/** Whoever could open the old file shall be able to open the new one. Only root may give files away. */
async function takeOverRights(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from);
  const handle = await open(to, 'r+');
  try {
    await handle.chmod(mode & 0o777);
    await handle.chown(uid, gid).catch(() => undefined);
  } finally {
    await handle.close();
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
