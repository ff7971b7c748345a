import type { EventMessage } from '../notifications.types.js';

const subjects: Record<EventMessage['type'], string> = {
  'backup.failed': 'A backup failed',
  'backup.recovered': 'Backups work again',
  'backup.absent': 'No recent backup',
  'backup.present-again': 'There is a recent backup again',
  'backup.succeeded': 'A backup was made',
  'verification.failed': 'A backup could not be verified',
  'restore.failed': 'A restore failed',
  'copy.failed': 'A backup could not be copied',
  test: 'A test',
};

/** An event as an e-mail of plain text. Its id is that of the delivery: who gets it twice sees that it is one. */
export function mailOf({ id, type, occurred_at, database, project_id, message, details }: EventMessage) {
  const where = project_id === null ? database : `${database}, project ${project_id}`;
  const facts = [
    `Database: ${database}`,
    ...(project_id === null ? [] : [`Project: ${project_id}`]),
    `When: ${occurred_at}`,
    `Event: ${type}`,
    ...(details.error ? [`Error code: ${details.error.code}`] : []),
    ...(details.job_id === undefined ? [] : [`Job: ${details.job_id}`]),
  ];
  return {
    subject: `[Holdfast] ${subjects[type]}: ${where}`,
    text: `${message}\n\n${facts.join('\n')}\n`,
    messageId: `<${id}@holdfast>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
