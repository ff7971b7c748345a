import { Settings } from '../../config/settings.js';
import type { EventMessage } from '../notifications.types.js';
import { mailOf } from './mail-text.js';
import { Mailer } from './mailer.service.js';

const event: EventMessage = {
  id: 'd1',
  type: 'backup.failed',
  occurred_at: '2026-03-01T02:00:00.000Z',
  database: 'shop',
  project_id: '64',
  message: 'The backup failed: The dump tool was killed.',
  details: { error: { code: 'dump-failed', detail: 'The dump tool was killed.' }, job_id: 'j1' },
};

describe('An e-mail', () => {
  it('says in its subject what happened to what, and in its text when, and under which codes', () => {
    expect(mailOf(event)).toEqual({
      subject: '[Holdfast] A backup failed: shop, project 64',
      text: [
        'The backup failed: The dump tool was killed.',
        '',
        'Database: shop',
        'Project: 64',
        'When: 2026-03-01T02:00:00.000Z',
        'Event: backup.failed',
        'Error code: dump-failed',
        'Job: j1',
        '',
      ].join('\n'),
      messageId: '<d1@holdfast>',
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  });

  it('that no server takes is a sentence that tells nothing of the account', async () => {
    const mailer = new Mailer(
      new Settings({
        HOLDFAST_SMTP_URL: 'smtp://someone:hunter2@127.0.0.1:1',
        HOLDFAST_MAIL_FROM: 'a@holdfast.test',
      }),
    );
    expect(await mailer.send(['b@holdfast.test'], event)).toEqual({
      ok: false,
      sentence: expect.stringMatching(/^The mail server did not take it \(E[A-Z]+\)\.$/),
    });
    mailer.onApplicationShutdown();
  });
});
