import { createHash } from 'node:crypto';

const longest = 80;

/** A project's id as part of file names; ids that are not plain words are encoded, overlong ones hashed. */
export function idInPaths(projectId: string): string {
  const encoded = encodeURIComponent(projectId).replaceAll('.', '%2E').replaceAll('*', '%2A');
  return encoded.length <= longest ? encoded : createHash('sha256').update(projectId).digest('hex');
}

/** Where a project's backups stand in the storage. */
export function projectFolder(database: string, projectId: string): string {
  const folder = `userbackups/${idInPaths(projectId)}`;
  return database === 'default' ? folder : `databases/${database}/${folder}`;
}
