import type { RunningApp } from '../../support/app.js';

/** What the two kinds of backups have in common, so that one test can ask it of both. */
export interface BackupSection {
  section: string;
  base: string;
  /** Below the backup folder. */
  folder: string;
  contentType: RegExp;
}

export const backupSections: readonly BackupSection[] = [
  {
    section: 'full backups',
    base: '/api/v1/backup',
    folder: 'full',
    contentType: /^application\/x-sqlite3$/,
  },
  {
    section: 'project backups',
    base: '/api/v1/projects/1/backup',
    folder: 'userbackups/1',
    contentType: /^application\/json/,
  },
];

export interface MadeBackup {
  filename: string;
  filepath: string;
  filesize: number;
}

export async function makeBackup(service: RunningApp, base: string): Promise<MadeBackup> {
  const asSuperadmin = await service.asSuperadmin();
  const { status, body } = await asSuperadmin('POST', base);
  if (status !== 200) throw new Error(`The backup gave ${status}: ${JSON.stringify(body)}`);
  return body.backup;
}
