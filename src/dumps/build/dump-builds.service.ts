import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/auth.types.js';
import type { BackupEntity } from '../../catalog/backup.entity.js';
import { BackupHistory } from '../../catalog/backup-history.service.js';
import type { DumpEntity } from '../../catalog/dump.entity.js';
import { GoodBackups } from '../../catalog/good-backups.service.js';
import { DomainError } from '../../common/errors.js';
import { badInput } from '../../common/http/validation.js';
import { DatabasesService } from '../../databases/databases.service.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { StartedJob } from '../../jobs/jobs.types.js';
import { DumpPolicies } from './dump-policies.service.js';
import { type DumpPolicy, parsePolicy } from './dump-policy.js';
import { RunDumpBuild } from './run-dump-build.js';

export interface BuildWish {
  database: string;
  /** The newest good one if left out. */
  backupId?: string | undefined;
  isPublic: boolean;
  /** Instead of the database's own. */
  policy?: unknown;
}

/** Dumps for the public: what an administrator can ask for. */
@Injectable()
export class DumpBuilds {
  constructor(
    private readonly databases: DatabasesService,
    private readonly policies: DumpPolicies,
    private readonly history: BackupHistory,
    private readonly good: GoodBackups,
    private readonly jobs: JobsService,
    private readonly builds: RunDumpBuild,
  ) {}

  /** Waits for its turn while something else runs on the database. `answer` says what the job answers. */
  async start<T>(
    wish: BuildWish,
    caller: Caller,
    answer: (dump: DumpEntity) => Promise<T>,
  ): Promise<StartedJob<T>> {
    const database = this.databases.get(wish.database);
    const { name } = database;
    const policy = await this.#policy(wish);
    const backup = await this.#backup(wish);
    const build = { database, backup, policy, isPublic: wish.isPublic, caller };
    const details = { backup: backup.filename, public: wish.isPublic };
    return this.jobs.start(
      { kind: 'build-dump', database: name, by: caller, whenBusy: 'wait', details },
      (job) => this.builds.run(build, job).then(answer),
    );
  }

  async #policy({ database, policy: given }: BuildWish): Promise<DumpPolicy> {
    if (given !== undefined) {
      const parsed = parsePolicy(given);
      if ('policy' in parsed) return parsed.policy;
      throw badInput(parsed.faults.map(({ field, message }) => ({ field: `policy.${field}`, message })));
    }
    const { policy } = await this.policies.of(database);
    if (policy) return policy;
    const detail = `This database has no policy, so nothing of it may be public. Write one: PUT /api/admin/dump/policy/${database}.`;
    throw new DomainError('conflict', detail);
  }

  async #backup({ database, backupId }: BuildWish): Promise<BackupEntity> {
    if (backupId !== undefined) {
      const backup = await this.history.get({ database }, backupId);
      if (backup.status === 'done') return backup;
      throw new DomainError('conflict', `This backup is ${backup.status}: it has no file.`);
    }
    const newest = await this.good.newest({ database }, 'readable');
    if (newest) return newest;
    throw new DomainError('not-found', 'There is no good full backup of this database. Make one first.');
  }
}
