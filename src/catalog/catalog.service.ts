import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, In, IsNull, QueryFailedError, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { StorageService } from '../storage/storage.service.js';
import { BackupEntity } from './backup.entity.js';
import type { BackupFault, NewBackup, ScopeKey, ScopeStats, SealedFacts } from './catalog.types.js';

/** What backups exist; the only writer of those rows. A backup counts once it is sealed (`done`). */
@Injectable()
export class CatalogService implements OnModuleInit {
  readonly #log = new Logger('catalog');
  readonly #held = new Map<string, number>();

  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly storage: StorageService,
    private readonly clock: Clock,
  ) {}

  /** After a crash: runs that nobody finishes are marked, and their working files go. */
  async onModuleInit(): Promise<void> {
    const error: BackupFault = {
      code: 'shutting-down',
      detail: 'The service stopped before the backup had ended.',
    };
    const { affected } = await this.backups.update(
      { status: In(['scheduled', 'pending', 'running']) },
      { status: 'error', error, finishedAt: this.clock.now() },
    );
    if (affected) this.#log.warn(`${affected} backups were interrupted by a stop of the service`);
    const swept = await this.storage.store.sweep();
    if (swept.length > 0) this.#log.warn(`${swept.length} working files of interrupted backups were removed`);
  }

  /**
   * Writes down that a backup begins, under a file name that no other backup has: two in one second, or in the hour
   * that a clock change repeats, get `_2`, `_3` and so on.
   */
  async open(backup: NewBackup): Promise<BackupEntity> {
    const { stem, ending, folder, projectId, projectName, ...rest } = backup;
    for (let copy = 1; ; copy += 1) {
      const filename = `${stem}${copy === 1 ? '' : `_${copy}`}${ending}`;
      const path = `${folder}/${filename}`;
      if (await this.#isTaken(path)) continue;
      const row = this.backups.create({
        ...rest,
        id: newId(),
        scope: projectId === undefined ? 'full' : 'project',
        projectId: projectId ?? null,
        projectName: projectName ?? null,
        filename,
        path,
        status: 'running',
        method: 'manual',
        startedAt: backup.createdAt,
        finishedAt: null,
        verifiedAt: null,
        size: null,
        sha256: null,
        contents: null,
        error: null,
        pinned: 0,
      });
      try {
        await this.backups.insert(row);
        return row;
      } catch (error) {
        // Another process took the name between the question and the answer.
        if (!(error instanceof QueryFailedError) || !(await this.#isTaken(path))) throw error;
      }
    }
  }

  async #isTaken(path: string): Promise<boolean> {
    return (await this.backups.existsBy({ path })) || (await this.storage.store.isTaken(path));
  }

  /**
   * The last step of a backup: from now on lists, downloads, restores and retention know it. Throws DomainError
   * `conflict` when it is no longer running; then nobody may find its artefact.
   */
  async seal(backup: BackupEntity, { size, sha256, contents }: SealedFacts): Promise<BackupEntity> {
    const facts = { size, sha256, contents, finishedAt: this.clock.now(), status: 'done' as const };
    if (!(await this.#end(backup, facts))) {
      throw new DomainError(
        'conflict',
        'Another Holdfast ended this backup in the catalogue while it was being made. Run one service per catalogue, then try again.',
      );
    }
    return Object.assign(backup, facts);
  }

  /** A backup that has already ended stays as it is. */
  async fail(backup: BackupEntity, error: unknown): Promise<void> {
    const fault: BackupFault = isDomainError(error)
      ? { code: error.code, detail: error.detail }
      : { code: 'internal', detail: 'An error that nobody foresaw; see the log.' };
    const status = fault.code === 'shutting-down' ? 'cancelled' : 'error';
    await this.#end(backup, { status, error: fault, finishedAt: this.clock.now() });
  }

  /** A status never moves back: only a running backup can end. Whether it was one. */
  async #end(backup: BackupEntity, outcome: Partial<BackupEntity>): Promise<boolean> {
    const { affected } = await this.backups.update({ id: backup.id, status: 'running' }, outcome as object);
    return affected === 1;
  }

  /** A finished backup of this scope by its file name. Throws DomainError `not-found` for anything else. */
  async get(scope: ScopeKey, filename: string): Promise<BackupEntity> {
    const found = await this.backups.findOneBy({ ...where(scope), filename, status: 'done' });
    // MySQL compares file names without regard to case; we do not.
    if (found?.filename !== filename)
      throw new DomainError(
        'not-found',
        'There is no backup of that name here. The list of backups (GET .../backup) has the names.',
      );
    return found;
  }

  /** Finished backups, newest first unless `oldestFirst`. */
  async list(
    scope: ScopeKey,
    page: { offset: number; limit: number; oldestFirst?: boolean },
  ): Promise<[BackupEntity[], number]> {
    return this.backups.findAndCount({
      where: { ...where(scope), status: 'done' },
      order: { seq: page.oldestFirst ? 'ASC' : 'DESC' },
      skip: page.offset,
      take: page.limit,
    });
  }

  /** All finished backups of a scope, newest first; for retention. */
  async all(scope: ScopeKey): Promise<BackupEntity[]> {
    return this.backups.find({ where: { ...where(scope), status: 'done' }, order: { seq: 'DESC' } });
  }

  async stats(scope: ScopeKey): Promise<ScopeStats> {
    const done = { ...where(scope), status: 'done' as const };
    const [count, bytes, oldest, newest] = await Promise.all([
      this.backups.countBy(done),
      this.#totalBytes(done),
      this.backups.findOne({ where: done, order: { seq: 'ASC' } }),
      this.backups.findOne({ where: done, order: { seq: 'DESC' } }),
    ]);
    return { count, bytes, oldest, newest };
  }

  async #totalBytes(done: FindOptionsWhere<BackupEntity>): Promise<number> {
    const row = await this.backups
      .createQueryBuilder('backup')
      .select('SUM(backup.size)', 'bytes')
      .where(done)
      .getRawOne<{ bytes: number | string | null }>();
    return Number(row?.bytes ?? 0);
  }

  /** Forgets a backup; its files are the caller's to remove, after this. */
  async remove(backup: BackupEntity): Promise<void> {
    await this.backups.delete({ id: backup.id });
  }

  /** Keeps a backup from being removed while `work` reads it. */
  async holding<T>(backup: BackupEntity, work: () => Promise<T>): Promise<T> {
    this.#held.set(backup.id, (this.#held.get(backup.id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#held.get(backup.id) ?? 1) - 1;
      if (left === 0) this.#held.delete(backup.id);
      else this.#held.set(backup.id, left);
    }
  }

  isHeld(backup: BackupEntity): boolean {
    return this.#held.has(backup.id);
  }
}

function where({ database, projectId }: ScopeKey): FindOptionsWhere<BackupEntity> {
  return projectId === undefined
    ? { database, scope: 'full', projectId: IsNull() }
    : { database, scope: 'project', projectId };
}
