import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import { GoodBackups } from '../catalog/good-backups.service.js';
import { Clock } from '../common/clock.js';
import { DatabasesService } from '../databases/databases.service.js';
import { judge } from './judge.js';
import type { RecoveryPoint, WatchedScope } from './recovery-points.types.js';
import { RecoveryTarget } from './recovery-target.entity.js';

export type ScopedPoint = WatchedScope & { point: RecoveryPoint };

/** Recovery points as numbers, against the targets that were set for them. */
@Injectable()
export class RecoveryPointsService {
  constructor(
    @InjectRepository(RecoveryTarget) private readonly targets: Repository<RecoveryTarget>,
    private readonly databases: DatabasesService,
    private readonly backups: GoodBackups,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `not-found` for an unknown database. Asks the catalogue only: the database may be away. */
  async get(name: string, projectId: string | null = null): Promise<ScopedPoint> {
    const database = this.databases.identify(name);
    const target = await this.targets.findOneBy({ databaseId: database.id, projectId: projectId ?? '' });
    return this.#judged({ database, projectId }, target);
  }

  /** Sets or, with null, takes away how old the newest good backup may become. Throws DomainError `not-found`. */
  set(name: string, projectId: string | null, seconds: number | null, by: Actor): Promise<ScopedPoint> {
    const { id: databaseId } = this.databases.identify(name);
    const details = { target_seconds: seconds };
    const act = { by, action: 'set-recovery-point', database: name, projectId, details } as const;
    return this.audit.watch(act, async () => {
      const key = { databaseId, projectId: projectId ?? '' };
      if (seconds === null) await this.targets.delete(key);
      else await this.#save(key, { targetSeconds: seconds, setByName: by.name, setAt: this.clock.now() });
      return this.get(name, projectId);
    });
  }

  /** A target that is set to what it was keeps its time: saying it again must not put off what is missed. */
  async #save(
    key: Pick<RecoveryTarget, 'databaseId' | 'projectId'>,
    facts: Omit<RecoveryTarget, 'databaseId' | 'projectId'>,
  ): Promise<void> {
    const before = await this.targets.findOneBy(key);
    if (before?.targetSeconds === facts.targetSeconds) return;
    await this.targets.save({ ...key, ...facts, ...(before && { setAt: before.setAt }) });
  }

  /** Of one database: its own, and those of the projects that have a target. Throws DomainError `not-found`. */
  async list(name: string): Promise<ScopedPoint[]> {
    const database = this.databases.identify(name);
    const targets = await this.targets.find({
      where: { databaseId: database.id },
      order: { projectId: 'ASC' },
    });
    const own = targets.find(({ projectId }) => projectId === '') ?? null;
    const ofProjects = targets.filter(({ projectId }) => projectId !== '');
    return [
      await this.#judged({ database, projectId: null }, own),
      ...(await this.#judgedAll(ofProjects.map((target) => ({ database, target })))),
    ];
  }

  /** Of every database, and of every project that has a target. */
  async all(): Promise<ScopedPoint[]> {
    const points: ScopedPoint[] = [];
    for (const { name } of this.databases.identities()) points.push(...(await this.list(name)));
    return points;
  }

  /** Those that have a target. */
  async withTarget(): Promise<ScopedPoint[]> {
    const byId = new Map(this.databases.identities().map((database) => [database.id, database]));
    const rows = await this.targets.find();
    return this.#judgedAll(
      rows.flatMap((target) => {
        const database = byId.get(target.databaseId);
        return database ? [{ database, target }] : [];
      }),
    );
  }

  async #judgedAll(
    rows: readonly { database: WatchedScope['database']; target: RecoveryTarget }[],
  ): Promise<ScopedPoint[]> {
    const points: ScopedPoint[] = [];
    for (const { database, target } of rows) {
      points.push(await this.#judged({ database, projectId: target.projectId || null }, target));
    }
    return points;
  }

  async #judged(scope: WatchedScope, target: RecoveryTarget | null): Promise<ScopedPoint> {
    const { database, projectId } = scope;
    const key = projectId === null ? { database: database.name } : { database: database.name, projectId };
    const good = await this.backups.newest(key, 'readable');
    const isProven = good === null || good.verifiedLevel === 'restorable';
    const restorable = isProven ? good : await this.backups.newest(key, 'restorable');
    const against = target && { seconds: target.targetSeconds, setAt: target.setAt };
    return { ...scope, point: judge({ good, restorable }, against, this.clock.now()) };
  }
}
