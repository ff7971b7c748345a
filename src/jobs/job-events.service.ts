import { Injectable, type MessageEvent } from '@nestjs/common';
import { distinctUntilChanged, exhaustMap, map, type Observable, startWith, takeWhile, timer } from 'rxjs';
import { JobRows } from './job-rows.service.js';
import type { JobEntity } from './job.entity.js';
import { JobDto } from './jobs.dto.js';

const lookEveryMs = 500;

/** What becomes of a job, from its row: whichever process does it. */
@Injectable()
export class JobEvents {
  constructor(private readonly rows: JobRows) {}

  /** The job as it is now, then each change of it; ends with the job. */
  of(job: JobEntity): Observable<MessageEvent> {
    return timer(lookEveryMs, lookEveryMs).pipe(
      exhaustMap(async () => (await this.rows.find(job.id)) ?? job),
      startWith(job),
      map((now) => ({ ended: now.finishedAt !== null, data: JSON.stringify(JobDto.of(now)) })),
      distinctUntilChanged((before, now) => before.data === now.data),
      takeWhile(({ ended }) => !ended, true),
      map(({ data }) => ({ type: 'job', data })),
    );
  }
}
