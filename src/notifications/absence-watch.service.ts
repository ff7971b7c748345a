import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { RecoveryPointsService, type ScopedPoint } from '../recovery-points/recovery-points.service.js';
import type { EventDetails, NotificationEvent } from './notifications.types.js';
import { Outbox } from './outbox.service.js';
import { ScopeState } from './scope-state.entity.js';
import { ScopeStates } from './scope-states.service.js';

/**
 * Notices that backups do not come: compares what the catalogue holds with the targets, whatever schedules there are and
 * whether anything ran at all. Each turn is written down under its number, so that of two processes that
 * notice the same, one is heard.
 */
@Injectable()
export class AbsenceWatch {
  constructor(
    private readonly points: RecoveryPointsService,
    private readonly states: ScopeStates,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async look(): Promise<void> {
    const watched = new Set<string>();
    for (const point of await this.points.withTarget()) {
      watched.add(`${point.database.id}/${point.projectId ?? ''}`);
      await this.#compare(point);
    }
    // What nobody watches any more is not absent.
    for (const state of await this.states.absent()) {
      if (watched.has(`${state.databaseId}/${state.projectId}`)) continue;
      await this.states.turn(state, null);
    }
  }

  async #compare(scoped: ScopedPoint): Promise<void> {
    const state = await this.states.of(scoped);
    const isAbsent = scoped.point.met === false;
    if (isAbsent === (state.absentSince !== null)) return;
    const now = this.clock.now();
    const event = isAbsent ? absent(scoped, now) : presentAgain(scoped, state, now);
    const { databaseId, projectId, absenceTurns } = state;
    await this.outbox.add(`${databaseId}:${projectId}:${absenceTurns}`, event);
    await this.states.turn(state, isAbsent ? now : null);
  }
}

function absent({ point, ...scope }: ScopedPoint, now: Date): NotificationEvent {
  const { good, targetSeconds } = point;
  const last = good
    ? `The last good backup, ${good.filename}, is ${good.ageSeconds} seconds old`
    : 'There is no good backup';
  return {
    ...scope,
    type: 'backup.absent',
    occurredAt: now,
    message: `${last}; the target is ${targetSeconds ?? 0} seconds. Look why no backup was made since: the list of backups has those that failed.`,
    details: detailsOf(point),
  };
}

function presentAgain(
  { point, ...scope }: ScopedPoint,
  { absentSince }: ScopeState,
  now: Date,
): NotificationEvent {
  const since = (absentSince ?? now).toISOString();
  return {
    ...scope,
    type: 'backup.present-again',
    occurredAt: now,
    message: `The last good backup is younger than the target again${point.good ? `: ${point.good.filename}` : ''}. It had been missed since ${since}.`,
    details: { ...detailsOf(point), absent_since: since },
  };
}

function detailsOf({ good, targetSeconds }: ScopedPoint['point']): EventDetails {
  return {
    target_seconds: targetSeconds,
    age_seconds: good?.ageSeconds ?? null,
    last_good_at: good?.at.toISOString() ?? null,
  };
}
