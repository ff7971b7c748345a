import { Injectable, Optional } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { ErrorCode } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { RecoveryWatch } from '../databases/recovery-watch.service.js';
import { CopyStats } from '../offsite/copy-stats.service.js';
import { OffsiteDiscovery } from '../offsite/offsite-discovery.service.js';
import { JobQueue } from '../jobs/job-queue.service.js';
import { StorageService } from '../storage/storage.service.js';

const patienceMs = 3_000;

export interface Check {
  name: string;
  /** Set when nothing works without it: how the service says no then. */
  required: ErrorCode | null;
  /** Sentences; empty when nothing is wrong. */
  details: string[];
}

export type Readiness = 'ok' | 'degraded' | 'not-ready';

/**
 * Whether the service can work. A registered database that is away is none of its problems: the others go on, and its own
 * status and its recovery point tell of it.
 */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly catalogue: DataSource,
    private readonly storage: StorageService,
    private readonly copies: CopyStats,
    private readonly discovery: OffsiteDiscovery,
    private readonly databases: DatabasesService,
    private readonly recoveries: RecoveryWatch,
    @Optional() private readonly queue?: JobQueue,
  ) {}

  checks(): Promise<Check[]> {
    return Promise.all([
      check('catalogue', 'database-unreachable', () => this.#catalogue()),
      check('backup-folder', 'storage-unavailable', () => this.#backupFolder()),
      check('recovery', null, () => Promise.resolve(this.#recovery())),
      check('copies', null, () => this.#copies()),
      check('discovery', null, () => Promise.resolve(this.#discovery())),
      ...(this.queue ? [check('queue', null, () => this.#queued())] : []),
    ]);
  }

  async #catalogue(): Promise<string[]> {
    await this.catalogue.query('SELECT 1');
    return [];
  }

  async #backupFolder(): Promise<string[]> {
    const { exists, writable } = await this.storage.store.health();
    if (!exists) return ['The backup folder does not exist. Mount or make it (HOLDFAST_BACKUP_DIR).'];
    return writable
      ? []
      : ['The backup folder cannot be written to. Give the account of the service the right.'];
  }

  /** Backups are made all the same. */
  async #copies(): Promise<string[]> {
    const failing = await this.copies.failing();
    return failing.map(({ place, count, fault }) => `${count} wait for ${place}: ${fault.detail}`);
  }

  /** After that the list of backups is whole. */
  #discovery(): string[] {
    if (!this.discovery.isUnfinished) return [];
    return [
      'The places for copies are still looked through for backups that the new catalogue does not list.',
    ];
  }

  /** Without it nothing is lost or refused: what is asked for waits in the catalogue. */
  async #queued(): Promise<string[]> {
    return (await this.queue?.answers())
      ? []
      : ['Redis does not answer (HOLDFAST_REDIS_URL). Jobs are accepted, and wait until it does.'];
  }

  #recovery(): string[] {
    return this.databases.all().flatMap(({ name, engine }) => {
      const recovering = this.recoveries.of(engine);
      return recovering ? [`${name}: ${recovering.what}`] : [];
    });
  }
}

export function readinessOf(checks: readonly Check[]): Readiness {
  const wrong = checks.filter(({ details }) => details.length > 0);
  if (wrong.some(({ required }) => required !== null)) return 'not-ready';
  return wrong.length > 0 ? 'degraded' : 'ok';
}

/** What cannot be asked, or does not answer in time, is wrong. */
async function check(name: string, required: ErrorCode | null, ask: () => Promise<string[]>): Promise<Check> {
  const patience = new AbortController();
  const late = sleep(patienceMs, [`It did not answer within ${patienceMs / 1000} seconds.`], {
    signal: patience.signal,
  });
  try {
    return { name, required, details: await Promise.race([ask(), late]) };
  } catch {
    return { name, required, details: ['It does not answer.'] };
  } finally {
    late.catch(() => undefined);
    patience.abort();
  }
}
