import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThanOrEqual, MoreThan, Not, Repository } from 'typeorm';
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

  /** Whether the turn is ours: another process may have taken it, somebody may have changed the schedule. */
  async take({ id, version, nextRun, jitterSeconds }: Schedule, turn: Turn, now: Date): Promise<boolean> {
    const next = { nextRun: turn.next, nextDue: dueAt({ id, jitterSeconds }, turn.next) };
    const { affected } = await this.rows.update({ id, version, enabled: 1, nextRun }, {
      ...next,
      ...(turn.kind === 'run' && { lastPlanned: turn.planned, takenBy: this.owner.id }),
      ...(turn.kind === 'miss' && { lastPlanned: turn.planned, lastOutcome: missed(turn.planned, now) }),
    } as object);
    return affected === 1;
  }

  /** What became of a turn that was taken. */
  async settle(id: string, outcome: Outcome, job?: string): Promise<void> {
    const facts = { lastOutcome: outcome, takenBy: null, ...(job !== undefined && { lastJob: job }) };
    await this.rows.update({ id, takenBy: this.owner.id }, facts as object);
  }

  /** A turn that was taken and not used: it is due again. */
  async giveBack({ id, jitterSeconds }: Schedule, planned: Date, takenBy = this.owner.id): Promise<void> {
    await this.rows.update(
      { id, takenBy },
      { nextRun: planned, nextDue: dueAt({ id, jitterSeconds }, planned), lastPlanned: null, takenBy: null },
    );
  }

  /** What processes that are gone had taken, and not begun. */
  async giveBackOfGone(): Promise<void> {
    const taken = await this.rows.findBy({ takenBy: Not(IsNull()) });
    for (const owner of new Set(taken.map(({ takenBy }) => takenBy as string))) {
      if (!(await this.processes.isAlive(owner))) await this.giveBackOf(owner);
    }
  }

  async giveBackOf(owner: string): Promise<void> {
    for (const row of await this.rows.findBy({ takenBy: owner })) {
      if (row.lastPlanned) await this.giveBack(row, row.lastPlanned, owner);
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

function missed(planned: Date, now: Date): Outcome {
  return {
    kind: 'missed',
    planned: planned.toISOString(),
    at: now.toISOString(),
    code: null,
    detail: 'No service ran at this time, and the schedule says not to make up for what was missed.',
  };
}
