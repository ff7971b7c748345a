/**
 * The fault table: what Holdfast must survive, and the files whose tests provoke it. Most stand in `rows/`; where a
 * fault was tested at its best already, the row names that file.
 */
const row = (number, fault, ...files) => ({ row: number, fault, files });
const inRows = (name) => `test/faults/rows/${name}.spec.ts`;
const e2e = (name) => `test/e2e/${name}.spec.ts`;

export const faultRows = [
  row(1, 'service killed during a full backup', inRows('01-backup-killed')),
  row(
    2,
    'dump tool killed, failing, or without its end marker',
    inRows('02-dump-tool-killed'),
    e2e('full-backups-faults'),
  ),
  row(
    3,
    'connection cut during a dump, an export, a restore',
    inRows('03-connection-lost'),
    e2e('project-backups-undo'),
  ),
  row(4, 'disk full under backups, catalogue, working files', inRows('04-disk-full')),
  row(5, 'backup folder missing, a file, read-only', inRows('05-backup-folder-unusable')),
  row(
    6,
    'artefact flipped, cut, emptied, replaced, deleted',
    inRows('06-artefact-damaged'),
    e2e('project-backups-hostile'),
  ),
  row(
    7,
    'service or its sessions killed during a full restore',
    inRows('07-restore-killed'),
    inRows('07-restore-killed-postgres'),
    inRows('07-restore-killed-documents'),
  ),
  row(8, 'database server killed during a full restore', inRows('08-database-killed')),
  row(9, 'an error in the middle of a dump that is restored', e2e('full-backups-faults')),
  row(
    10,
    'restore over other tables than the backup knows',
    e2e('full-backups'),
    'test/contract/mysql.spec.ts',
    'test/contract/sqlite.spec.ts',
  ),
  row(11, 'project restore killed or cut', inRows('11-project-restore-killed')),
  row(
    12,
    'hostile project file',
    e2e('project-backups-hostile'),
    e2e('project-backups-upload'),
    'src/project-scope/read-project-file.spec.ts',
  ),
  row(13, 'hostile file names', e2e('contract-file-names')),
  row(14, 'restores and backups at once', inRows('14-at-once')),
  row(15, 'rows changed between preview and restore', e2e('project-backups-preview')),
  row(16, 'writes during a full backup and an export', inRows('16-writes-during-backup')),
  row(17, 'schema changed during a backup', inRows('17-ddl-during-backup')),
  row(18, 'clock set back, clock change, two in one second', inRows('18-clock'), e2e('contract-times')),
  row(19, 'catalogue lost, or an old copy of it', e2e('catalogue-lost')),
  row(20, 'newest backups all failed, then retention', inRows('20-newest-all-failed')),
  row(21, 'client goes away', inRows('21-client-goes-away')),
  row(22, 'bad, expired, forged and revoked tokens', e2e('auth-tokens'), e2e('auth-host')),
  row(23, 'every route with every role', e2e('route-roles')),
  row(24, 'guessing, huge and slow bodies, many connections', inRows('24-load')),
  row(25, 'Redis away while backups are asked for', inRows('25-redis-away')),
  row(26, 'service killed while a backup is copied or brought back', inRows('26-copy-killed')),
];
