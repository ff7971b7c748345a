import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { JobLedger } from '../jobs/job-ledger.service.js';
import type { JobCount } from '../jobs/job-ledger.service.js';
import { Outbox } from '../notifications/outbox.service.js';
import { ScopeState } from '../notifications/scope-state.entity.js';
import { ScopeStates } from '../notifications/scope-states.service.js';
import { CopyStats } from '../offsite/copy-stats.service.js';
import { RecoveryPointsService, type ScopedPoint } from '../recovery-points/recovery-points.service.js';
import { StorageService } from '../storage/storage.service.js';
import type { StorageHealth } from '../storage/storage.types.js';
import { type Instruments, instruments } from './instruments.js';

interface Numbers {
  points: ScopedPoint[];
  states: ScopeState[];
  jobs: JobCount[];
  deliveries: Awaited<ReturnType<Outbox['counts']>>;
  copies: Awaited<ReturnType<CopyStats['counts']>>;
  folder: StorageHealth;
}

/**
 * Numbers for Prometheus, read from the catalogue at each scrape, so that every process on it tells the same, also of what
 * others did; those of the process itself are its own.
 */
@Injectable()
export class MetricsService implements OnApplicationShutdown {
  readonly #registry = new Registry();
  readonly #tell: Instruments = instruments(this.#registry);
  #hasDefaults = false;

  constructor(
    private readonly points: RecoveryPointsService,
    private readonly states: ScopeStates,
    private readonly ledger: JobLedger,
    private readonly outbox: Outbox,
    private readonly copies: CopyStats,
    private readonly storage: StorageService,
  ) {}

  async scrape(): Promise<{ contentType: string; text: string }> {
    // They observe the process from here on; one that nobody scrapes is spared that.
    if (!this.#hasDefaults) collectDefaultMetrics({ register: this.#registry });
    this.#hasDefaults = true;
    const [points, states, jobs, deliveries, copies, folder] = await Promise.all([
      this.points.all(),
      this.states.all(),
      this.ledger.underWay(),
      this.outbox.counts(),
      this.copies.counts(),
      this.storage.store.health(),
    ]);
    // Without a pause, so that scrapes at the same time do not mix.
    this.#set({ points, states, jobs, deliveries, copies, folder });
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  onApplicationShutdown(): void {
    this.#registry.clear();
  }

  #set({ points, states, jobs, deliveries, copies, folder }: Numbers): void {
    for (const instrument of Object.values(this.#tell)) instrument.reset();
    const byScope = new Map(states.map((state) => [`${state.databaseId}/${state.projectId}`, state]));
    for (const scoped of points) {
      this.#setPoint(scoped);
      const state = byScope.get(`${scoped.database.id}/${scoped.projectId ?? ''}`);
      if (state) this.#setState(labelsOf(scoped), state);
    }
    const names = new Map(points.map(({ database }) => [database.id, database.name]));
    for (const state of states) {
      const database = names.get(state.databaseId);
      if (database !== undefined) this.#addTotals(database, state);
    }
    for (const { database, status, count } of jobs) {
      this.#tell.jobs.inc({ database, state: status === 'running' ? 'running' : 'queued' }, count);
    }
    for (const status of ['pending', 'sent', 'given-up']) this.#tell.notifications.set({ status }, 0);
    for (const { status, count } of deliveries) this.#tell.notifications.set({ status }, count);
    for (const { place, state, count } of copies) this.#tell.copies.set({ place, state }, count);
    this.#tell.folderWritable.set(Number(folder.writable));
    if (folder.freeBytes !== null) this.#tell.folderFree.set(folder.freeBytes);
  }

  #setPoint(scoped: ScopedPoint): void {
    const labels = labelsOf(scoped);
    const { good, restorable, targetSeconds, met } = scoped.point;
    this.#tell.age.set({ ...labels, level: 'good' }, good?.ageSeconds ?? Infinity);
    this.#tell.age.set({ ...labels, level: 'restorable' }, restorable?.ageSeconds ?? Infinity);
    if (targetSeconds !== null) this.#tell.target.set(labels, targetSeconds);
    if (met !== null) this.#tell.missed.set(labels, Number(!met));
  }

  #setState(labels: ReturnType<typeof labelsOf>, state: ScopeState): void {
    this.#tell.failures.set(labels, state.failures);
    if (state.lastSuccessAt) this.#tell.lastSuccess.set(labels, state.lastSuccessAt.getTime() / 1000);
    if (state.lastFailureAt) this.#tell.lastFailure.set(labels, state.lastFailureAt.getTime() / 1000);
    if (state.lastMs !== null) this.#tell.lastSeconds.set(labels, state.lastMs / 1000);
    if (state.lastBytes !== null) this.#tell.lastBytes.set(labels, state.lastBytes);
  }

  #addTotals(database: string, state: ScopeState): void {
    const scope = state.projectId === '' ? 'full' : 'project';
    this.#tell.backups.inc({ database, scope, outcome: 'success' }, state.succeededTotal);
    this.#tell.backups.inc({ database, scope, outcome: 'failure' }, state.failedTotal);
    this.#tell.seconds.inc({ database, scope }, state.msTotal / 1000);
    this.#tell.bytes.inc({ database, scope }, state.bytesTotal);
    if (scope === 'project') this.#tell.projectsFailing.inc({ database }, Number(state.failures > 0));
  }
}

function labelsOf({ database, projectId }: ScopedPoint): { database: string; project: string } {
  return { database: database.name, project: projectId ?? '' };
}
