import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, Repository } from 'typeorm';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import type { WatchedScope } from '../recovery-points/recovery-points.types.js';
import { ScopeState } from './scope-state.entity.js';

export type ScopeChanges = Partial<
  Omit<ScopeState, 'databaseId' | 'projectId' | 'version' | 'absentSince' | 'absenceTurns'>
>;

const fresh = {
  version: 0,
  lastJob: null,
  failures: 0,
  failingSince: null,
  toldAt: null,
  absentSince: null,
  absenceTurns: 0,
  succeededTotal: 0,
  failedTotal: 0,
  msTotal: 0,
  bytesTotal: 0,
  lastMs: null,
  lastBytes: null,
  lastSuccessAt: null,
  lastFailureAt: null,
} satisfies Omit<ScopeState, 'databaseId' | 'projectId'>;

/** What is remembered of each scope from one backup to the next; the only writer of those rows. */
@Injectable()
export class ScopeStates {
  constructor(@InjectRepository(ScopeState) private readonly states: Repository<ScopeState>) {}

  /** As it is now; a fresh one for a scope of which nothing was heard yet. */
  async of({ database, projectId }: WatchedScope): Promise<ScopeState> {
    const key = { databaseId: database.id, projectId: projectId ?? '' };
    const known = await this.states.findOneBy(key);
    if (known) return known;
    await this.states.insert({ ...key, ...fresh }).catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
    });
    return this.states.findOneByOrFail(key);
  }

  /** False, and nothing is changed, when somebody else has changed it since `state` was read. */
  async change({ databaseId, projectId, version }: ScopeState, changes: ScopeChanges): Promise<boolean> {
    const { affected } = await this.states.update(
      { databaseId, projectId, version },
      { ...changes, version: version + 1 },
    );
    return affected === 1;
  }

  /** Likewise, of absence alone. */
  async turn({ databaseId, projectId, absenceTurns }: ScopeState, absentSince: Date | null): Promise<void> {
    await this.states.update(
      { databaseId, projectId, absenceTurns },
      { absentSince, absenceTurns: absenceTurns + 1 },
    );
  }

  all(): Promise<ScopeState[]> {
    return this.states.find();
  }

  absent(): Promise<ScopeState[]> {
    return this.states.findBy({ absentSince: Not(IsNull()) });
  }
}
