import { DomainError } from '../common/errors.js';
import { errorOf, faultOf } from './job-faults.js';

describe('what a job ended with', () => {
  it('is for the asker what it was for the process that did it, once it has been written down', () => {
    const fields = [{ field: 'project_id', message: 'is no number' }];
    for (const error of [
      new DomainError('bad-input', 'Some fields are wrong.', { fields }),
      new DomainError('dump-failed', 'The dump tool was killed.', { cause: new Error('SIGKILL') }),
    ]) {
      const read = errorOf(JSON.parse(JSON.stringify(faultOf(error))));
      expect([read.code, read.detail, read.fields]).toEqual([error.code, error.detail, error.fields]);
    }
  });

  it('says nothing of an error that nobody foresaw', () => {
    expect(JSON.stringify(faultOf(new Error('password=hunter2')))).not.toContain('hunter2');
  });
});
