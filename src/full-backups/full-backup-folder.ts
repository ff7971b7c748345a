/** Where the full backups of a database stand in the storage. */
export function fullBackupFolder(database: string): string {
  return database === 'default' ? 'full' : `databases/${database}/full`;
}
