import type { Repository } from 'typeorm';
import { Settings } from '../config/settings.js';
import type { JobEntity } from './job.entity.js';
import { JobOutcomes } from './job-outcomes.service.js';

/** Ended jobs are whatever `rows` holds. */
function waitingFor(rows: Partial<JobEntity>[], seconds: string): JobOutcomes {
  const jobs = { findBy: () => Promise.resolve(rows) } as unknown as Repository<JobEntity>;
  return new JobOutcomes(jobs, new Settings({ HOLDFAST_SHUTDOWN_SECONDS: seconds }));
}

describe('Whoever waits for a job of another process', () => {
  it('gets its answer while this one stops, if it comes in time', async () => {
    const rows: Partial<JobEntity>[] = [];
    const outcomes = waitingFor(rows, '60');
    const answer = outcomes.of('job-1');
    const stopped = outcomes.beforeApplicationShutdown();
    rows.push({ id: 'job-1', status: 'done', result: 'made' });
    expect(await answer).toBe('made');
    await stopped;
  });

  it('is told that the job goes on, when this one must stop', async () => {
    const outcomes = waitingFor([], '0');
    const told = expect(outcomes.of('job-1')).rejects.toMatchObject({
      code: 'shutting-down',
      detail: expect.stringContaining('/api/jobs/job-1'),
    });
    await outcomes.beforeApplicationShutdown();
    await told;
    await expect(outcomes.of('job-2')).rejects.toMatchObject({ code: 'shutting-down' });
  });
});
