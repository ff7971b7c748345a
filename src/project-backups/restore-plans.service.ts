import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import { BackupEntity } from '../catalog/backup.entity.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { RestorePlanEntity } from './restore-plan.entity.js';

/** All that a restore or a copy is asked to do; told apart by its JSON. */
export interface PlannedChoices {
  mode: string;
}

const validMs = 60 * 60_000;

/** What previews have shown. A restore by a plan does that, or nothing. */
@Injectable()
export class RestorePlansService {
  constructor(
    @InjectRepository(RestorePlanEntity) private readonly plans: Repository<RestorePlanEntity>,
    private readonly clock: Clock,
  ) {}

  async keep(
    backup: BackupEntity,
    choices: PlannedChoices,
    rowsDigest: string,
    userId: number,
  ): Promise<RestorePlanEntity> {
    const now = this.clock.now();
    await this.plans.delete({ expiresAt: LessThan(now) });
    return this.plans.save({
      id: newId(),
      backupId: backup.id,
      mode: choices.mode,
      choices: JSON.stringify(choices),
      rowsDigest,
      createdBy: userId,
      expiresAt: new Date(now.getTime() + validMs),
    });
  }

  /** Throws DomainError `conflict` unless it is a plan of this backup and these choices whose time is not over. */
  async get(id: string, backup: BackupEntity, choices: PlannedChoices): Promise<RestorePlanEntity> {
    const plan = await this.plans.findOneBy({ id, backupId: backup.id });
    if (plan && plan.mode !== choices.mode) {
      throw new DomainError(
        'conflict',
        `The plan is for the mode ${plan.mode}, not ${choices.mode}. Make a new preview, or restore in that mode.`,
      );
    }
    if (plan && plan.choices !== JSON.stringify(choices)) {
      throw new DomainError(
        'conflict',
        `The plan is for ${plan.choices ?? plan.mode}, and the restore is to be ${JSON.stringify(choices)}. Make a new ` +
          'preview, or restore what the plan shows.',
      );
    }
    if (plan && plan.expiresAt > this.clock.now()) return plan;
    throw new DomainError(
      'conflict',
      'There is no such plan for this backup, or its time is over. Make a new preview.',
    );
  }
}
