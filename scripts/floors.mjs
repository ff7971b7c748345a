/**
 * The floors of src/, lowest first. A folder imports from lower floors only; folders on one floor do not know
 * each other. The import rules (.dependency-cruiser.mjs) are generated from this list and from nothing else.
 */
export const floors = [
  ['common'],
  ['config'],
  ['persistence'],
  ['engines', 'storage', 'audit', 'encryption'],
  ['artefacts', 'project-scope'],
  ['users'],
  ['auth'],
  ['maintenance', 'jobs'],
  ['databases'],
  ['projects'],
  ['documents'],
  ['catalog'],
  ['offsite'],
  ['verification', 'recovery-points', 'download-links'],
  ['retention'],
  ['backup-pipeline'],
  ['full-backups', 'project-backups', 'dumps', 'notifications'],
  ['schedules', 'health', 'console', 'command-line'],
];
