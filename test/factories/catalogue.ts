import { DataSource } from 'typeorm';
import { BackupEntity } from '../../src/catalog/backup.entity.js';
import type { RunningApp } from '../support/app.js';

/** Changes what the catalogue says of a backup, behind the service's back. */
export async function editCatalogue(
  { app }: RunningApp,
  filename: string,
  facts: Partial<Pick<BackupEntity, 'size' | 'sha256' | 'engine'>>,
): Promise<void> {
  const { affected } = await app.get(DataSource).getRepository(BackupEntity).update({ filename }, facts);
  if (affected !== 1) throw new Error(`The catalogue has ${affected} backups called ${filename}`);
}

/** The catalogue as it was before backups were verified. */
export async function forgetVerification({ app }: RunningApp): Promise<void> {
  const backups = app.get(DataSource).getRepository(BackupEntity);
  await backups.update({ status: 'done' }, { verifiedLevel: null, verifiedAt: null, damage: null });
}
