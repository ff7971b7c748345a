import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThanOrEqual, MoreThan, Not, Repository } from 'typeorm';
import { newId } from '../common/random.js';
import { JobsService } from '../jobs/jobs.service.js';
import { OwnerService } from '../persistence/owner.service.js';
import { ProcessesService } from '../persistence/processes.service.js';
import { Schedule } from './schedule.entity.js';
import type { Outcome } from './schedules.types.js';
import { clockSetBackMs, dueAt, type Timetable, type Turn } from './timetable.js';

/**
 * Whose turn it is, as the catalogue has it. Any number of processes ask; an occurrence belongs to the one that moves the
 * schedule on from it, by one conditional UPDATE.
 */
@Injectable()
export class ScheduleTurns {
  constructor(
    @InjectRepository(Schedule) private readonly rows: Repository<Schedule>,
    private readonly owner: OwnerService,
    private readonly processes: ProcessesService,
    private readonly jobs: JobsService,
  ) {}

  /** Those that something has to be done about; the longest due first. */
  due(now: Date): Promise<Schedule[]> {
    const aheadOfTime = new Date(now.getTime() + clockSetBackMs);
    return this.rows.find({
      where: [
        { enabled: 1, nextDue: LessThanOrEqual(now) },
        { enabled: 1, lastPlanned: MoreThan(aheadOfTime) },
      ],
      order: { nextDue: 'ASC', seq: 'ASC' },
    });
  }

  /**
   * Takes a turn. Returns the id that its job has to have, null when there is nothing to run: another process may have
   * taken it, somebody may have changed the schedule, or it was missed. The id is written down with the turn, so that
   * whoever finds both after a crash knows whether the job was started.
   */
  async take(
    { id, version, nextRun, jitterSeconds }: Schedule,
    turn: Turn,
    now: Date,
  ): Promise<string | null> {
    const job = newId();
    const next = { nextRun: turn.next, nextDue: dueAt({ id, jitterSeconds }, turn.next) };
    const { affected } = await this.rows.update({ id, version, enabled: 1, nextRun }, {
      ...next,
      ...(turn.kind === 'run' && { lastPlanned: turn.planned, takenBy: this.owner.id, lastJob: job }),
      ...(turn.kind === 'miss' && { lastPlanned: turn.planned, lastOutcome: missed(turn.planned, now) }),
    } as object);
    return affected === 1 && turn.kind === 'run' ? job : null;
  }

  /** What became of a turn that was taken. Without a job of its own the last one stays the one before. */
  async settle({ id, lastJob }: Schedule, job: string, outcome: Outcome): Promise<void> {
    const facts = { lastOutcome: outcome, takenBy: null, ...(outcome.kind !== 'started' && { lastJob }) };
    await this.rows.update({ id, lastJob: job }, facts as object);
  }

  /** A turn that was taken and not used: it is due again. */
  async giveBack({ id, jitterSeconds }: Schedule, planned: Date, job: string): Promise<void> {
    const due = { nextRun: planned, nextDue: dueAt({ id, jitterSeconds }, planned), lastPlanned: null };
    await this.rows.update({ id, lastJob: job }, { ...due, takenBy: null, lastJob: null });
  }

  /** What processes that are gone had taken. */
  async settleGone(): Promise<void> {
    const taken = await this.rows.findBy({ takenBy: Not(IsNull()) });
    for (const owner of new Set(taken.map(({ takenBy }) => takenBy as string))) {
      if (!(await this.processes.isAlive(owner))) await this.settleOf(owner);
    }
  }

  /** What a process that is gone had taken: its job was started, or the turn is due again. */
  async settleOf(owner: string): Promise<void> {
    for (const row of await this.rows.findBy({ takenBy: owner })) {
      const { lastPlanned: planned, lastJob } = row;
      if (planned === null || lastJob === null) continue;
      const job = await this.jobs.find(lastJob);
      if (job) await this.settle(row, lastJob, started(planned, job.createdAt));
      else await this.giveBack(row, planned, lastJob);
    }
  }

  /** Its database is no longer registered. */
  async forget({ id, databaseId }: Schedule): Promise<void> {
    await this.rows.delete({ id, databaseId });
  }
}

export function timetableOf({ catchUp, ...schedule }: Schedule): Timetable {
  return { ...schedule, catchUp: Boolean(catchUp) };
}

export function started(planned: Date, at: Date): Outcome {
  return { kind: 'started', planned: planned.toISOString(), at: at.toISOString(), code: null, detail: null };
}

function missed(planned: Date, now: Date): Outcome {
  return {
    kind: 'missed',
    planned: planned.toISOString(),
    at: now.toISOString(),
    code: null,
    detail: 'No service ran at this time, and the schedule says not to make up for what was missed.',
  };
}
