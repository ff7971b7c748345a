import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import type { ScopeKey } from '../catalog/catalog.types.js';
import { DatabasesService } from '../databases/databases.service.js';
import { RetentionPolicies, type ScheduledRetention } from '../retention/retention.types.js';
import { Schedule } from './schedule.entity.js';

const longestName = 60;

/** The policies of a scope are those of its schedules, also of those that are off. */
@Injectable()
export class SchedulePolicies extends RetentionPolicies {
  constructor(
    @InjectRepository(Schedule) private readonly rows: Repository<Schedule>,
    private readonly databases: DatabasesService,
  ) {
    super();
  }

  async of(scope: ScopeKey): Promise<ScheduledRetention[]> {
    return (await this.schedulesOf(scope)).map(policyOf);
  }

  schedulesOf({ database, projectId }: ScopeKey): Promise<Schedule[]> {
    return this.rows.find({
      where: { databaseId: this.databases.identify(database).id, projectId: projectId ?? IsNull() },
      order: { seq: 'ASC' },
    });
  }
}

export function policyOf({ description, cron, zone, retention }: Schedule): ScheduledRetention {
  const name = (description ?? '').split('\n', 1)[0]?.slice(0, longestName).trim();
  return { name: `schedule "${name || cron}"`, zone, rules: retention };
}
