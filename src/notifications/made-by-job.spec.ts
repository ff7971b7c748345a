import { madeByJob } from './made-by-job.js';

describe('the answer of a job', () => {
  it('names the backup that was made', () => {
    const made = { id: 'a', filename: 'backup_1.sql', size: 7 };
    expect(madeByJob({ success: true, backup: { ...made, filesize: 7, description: null } })).toEqual(made);
    expect(madeByJob({ database_backup: { id: 'a', name: 'backup_1.sql', size: 7 } })).toEqual(made);
    expect(madeByJob({ backup: { ...made, filesize: 7, arrival: null } })).toEqual(made);
  });

  it('names nothing that came from elsewhere, and nothing where it says nothing', () => {
    const backup = { id: 'a', filename: 'project_1.json', filesize: 7, arrival: 'upload' };
    expect(madeByJob({ backup })).toBeNull();
    for (const result of [null, undefined, 'done', {}, { backup: null }, { restore: { filename: 'x' } }]) {
      expect(madeByJob(result)).toBeNull();
    }
  });
});
