import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, QueryFailedError, Repository } from 'typeorm';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { OwnerService } from '../persistence/owner.service.js';
import { StorageService } from '../storage/storage.service.js';
import { folderOf } from './backup-folders.js';
import { BackupEntity } from './backup.entity.js';
import type {
  BackupFault,
  BackupStatus,
  ListedBackup,
  NewBackup,
  Removal,
  ScopeKey,
  ScopeStats,
  SealedFacts,
  UnlistedFile,
  Verdict,
} from './catalog.types.js';
import { DiscoveryService } from './discovery.service.js';
import { Elsewhere } from './elsewhere.types.js';
import { DumpRecords } from './dump-records.service.js';
import { FileStatesService } from './file-states.service.js';
import { HoldsService } from './holds.service.js';
import { inScope, newestFirst, newestOf, statsOf } from './queries.js';

/** What backups exist; the only writer of those rows. A backup counts once it is sealed (`done`). */
@Injectable()
export class CatalogService {
  readonly #log = new Logger('catalog');

  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly storage: StorageService,
    private readonly artefacts: ArtefactsService,
    private readonly discovery: DiscoveryService,
    private readonly holds: HoldsService,
    private readonly dumps: DumpRecords,
    private readonly files: FileStatesService,
    private readonly elsewhere: Elsewhere,
    private readonly owner: OwnerService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes down that a backup begins, under a file name that no other backup has: two in one second, or in the hour
   * that a clock change repeats, get `_2`, `_3` and so on. A `scheduled` one has to begin (ScheduledBackups).
   */
  async open(backup: NewBackup, status: 'running' | 'scheduled' = 'running'): Promise<BackupEntity> {
    const { stem, ending, projectId, projectName, ...rest } = backup;
    const folder = folderOf(backup);
    const ordinal = await this.#nextOrdinal(backup.createdAt);
    for (let copy = 1; ; copy += 1) {
      const filename = `${stem}${copy === 1 ? '' : `_${copy}`}${ending}`;
      const path = `${folder}/${filename}`;
      if (await this.#isTaken(path)) continue;
      const row = this.backups.create({
        ...rest,
        id: backup.id ?? newId(),
        ordinal,
        origin: 'made',
        owner: this.owner.id,
        scope: projectId === undefined ? 'full' : 'project',
        projectId: projectId ?? null,
        projectName: projectName ?? null,
        filename,
        path,
        status,
        method: backup.method ?? 'manual',
        startedAt: status === 'running' ? backup.createdAt : null,
        finishedAt: null,
        verifiedAt: null,
        verifiedLevel: null,
        damage: null,
        size: null,
        sha256: null,
        contents: null,
        error: null,
        pinned: 0,
        keepUntil: backup.keepUntil ?? null,
        arrival: backup.arrival ?? null,
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

  /** Later than all that there is, also when the clock went back. */
  async #nextOrdinal(now: Date): Promise<number> {
    const last = await this.backups.maximum('ordinal');
    return Math.max(now.getTime(), Number(last ?? 0) + 1);
  }

  async #isTaken(path: string): Promise<boolean> {
    return (await this.backups.existsBy({ path })) || (await this.storage.store.isTaken(path));
  }

  /** Before the artefact appears under its name: a crash from here on can tell it from anybody else's file. */
  async announce({ id }: BackupEntity, { size, sha256 }: Omit<SealedFacts, 'contents'>): Promise<void> {
    await this.backups.update({ id, status: 'running', owner: this.owner.id }, { size, sha256 });
  }

  /**
   * The last step of a backup: from now on lists, downloads, restores and retention know it. Throws DomainError
   * `conflict` when it is no longer running; then nobody may find its artefact.
   */
  async seal(backup: BackupEntity, { size, sha256, contents }: SealedFacts): Promise<BackupEntity> {
    const facts = { size, sha256, contents, finishedAt: this.clock.now(), status: 'done' as const };
    if (!(await this.#end(backup, ['running'], facts))) {
      throw new DomainError(
        'conflict',
        'Another process took this backup over, because this one stood still for too long.',
      );
    }
    return Object.assign(backup, facts);
  }

  /** A backup that has already ended stays as it is. */
  async fail(backup: BackupEntity, error: unknown): Promise<void> {
    const fault: BackupFault = isDomainError(error)
      ? { code: error.code, detail: error.detail }
      : { code: 'internal', detail: 'An error that nobody foresaw; see the log.' };
    const status = ['shutting-down', 'cancelled'].includes(fault.code) ? 'cancelled' : 'error';
    await this.#end(backup, ['scheduled', 'running'], { status, error: fault, finishedAt: this.clock.now() });
  }

  /** Keeps what a verification found, also in `backup`. */
  async recordVerdict(backup: BackupEntity, verdict: Verdict): Promise<void> {
    await this.backups.update({ id: backup.id }, verdict as object);
    Object.assign(backup, verdict);
  }

  /** A status never moves back: what has ended, or is somebody else's by now, stays as it is. Whether it was neither. */
  async #end(backup: BackupEntity, from: BackupStatus[], outcome: Partial<BackupEntity>): Promise<boolean> {
    const { id, owner } = backup;
    const open = { id, status: In(from), owner: owner ?? IsNull() };
    const { affected } = await this.backups.update(open, outcome as object);
    return affected === 1;
  }

  /** A finished backup of this scope by its file name. Throws DomainError `not-found` for anything else. */
  async get(scope: ScopeKey, filename: string): Promise<BackupEntity> {
    const found = (await this.#find(scope, filename)) ?? (await this.#discover(scope, filename));
    if (!found) throw unknownBackup();
    return found;
  }

  async #find(scope: ScopeKey, filename: string): Promise<BackupEntity | null> {
    const found = await this.backups.findOneBy({ ...inScope(scope), filename, status: 'done' });
    // MySQL compares file names without regard to case; we do not.
    return found?.filename === filename ? found : null;
  }

  async #discover(scope: ScopeKey, filename: string): Promise<BackupEntity | undefined> {
    const { found } = await this.discovery.in(scope);
    return found.find((backup) => backup.filename === filename);
  }

  /**
   * Finished backups with what became of their files, newest first unless `oldestFirst`. What is new in the folder is
   * among them; a folder that cannot be read hides none.
   */
  async list(
    scope: ScopeKey,
    page: { offset: number; limit: number; oldestFirst?: boolean },
  ): Promise<[ListedBackup[], number]> {
    await this.unlisted(scope);
    const [backups, total] = await this.backups.findAndCount({
      where: { ...inScope(scope), status: 'done' },
      order: newestFirst(!page.oldestFirst),
      skip: page.offset,
      take: page.limit,
    });
    return [await this.files.withStates(backups), total];
  }

  /** Files of the scope's folder that are no backups; none while the folder cannot be read. */
  async unlisted(scope: ScopeKey): Promise<UnlistedFile[]> {
    try {
      return (await this.discovery.in(scope)).unlisted;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.#log.warn(`The backup folder was not looked at: ${error.detail}`);
      return [];
    }
  }

  /** All finished backups of a scope, newest first; for retention. */
  async all(scope: ScopeKey): Promise<BackupEntity[]> {
    return this.backups.find({ where: { ...inScope(scope), status: 'done' }, order: newestFirst() });
  }

  /** What became of the files of each. */
  withStates(backups: readonly BackupEntity[]): Promise<ListedBackup[]> {
    return this.files.withStates(backups);
  }

  /** As lists show it. */
  listed(backup: BackupEntity): Promise<ListedBackup> {
    return this.files.listed(backup);
  }

  /** Where the backups of a scope stand: absolute, for people. */
  folder(scope: ScopeKey): string {
    return `${this.storage.store.describe(folderOf(scope))}/`;
  }

  stats(scope: ScopeKey): Promise<ScopeStats> {
    return statsOf(this.backups, scope);
  }

  /** How many bytes the newest one has; null when there is none. */
  async lastSize({ database, projectId }: Pick<NewBackup, 'database' | 'projectId'>): Promise<number | null> {
    const scope = projectId === undefined ? { database } : { database, projectId };
    return (await newestOf(this.backups, scope))?.size ?? null;
  }

  /**
   * Removes a backup, its files and its copies; the one way in which one goes, so that the audit log misses none. Throws
   * DomainError `conflict` while it is pinned or published, or somebody reads it or has removed it; `audit-unavailable`,
   * then it stays. That it goes is
   * written down first: a crash in between is finished at the next start, and nothing finds half of it.
   */
  async remove(backup: BackupEntity, { by, reason }: Removal): Promise<void> {
    const { database, projectId, filename, sha256 } = backup;
    const act = { by, action: 'delete-backup', database, projectId, subject: filename } as const;
    await this.audit.guard({ ...act, details: { reason, sha256 } }, () => this.#remove(backup));
  }

  async #remove(backup: BackupEntity): Promise<void> {
    const { id, path } = backup;
    const move = (from: BackupStatus, to: BackupStatus) =>
      this.backups.update({ id, status: from, pinned: 0 }, { status: to, owner: this.owner.id });
    const { affected } = await move('done', 'removing');
    if (affected !== 1 && (await this.backups.existsBy({ id, pinned: 1 }))) {
      throw new DomainError('conflict', 'The backup is pinned. Take the pin off first, if it is to go.');
    }
    // Asked after the mark: who begins to read looks for the mark after having said so.
    if (affected !== 1 || (await this.holds.isHeld(id))) {
      await move('removing', 'done');
      throw new DomainError(
        'conflict',
        'The backup is being read or removed. Try again when that has ended.',
      );
    }
    const published = await this.dumps.whyKept(id);
    if (published !== null) {
      await move('removing', 'done');
      throw new DomainError('conflict', published);
    }
    try {
      await this.artefacts.remove(path);
    } catch (error) {
      await move('removing', 'done');
      throw error;
    }
    await this.elsewhere.forget(backup);
    await this.backups.delete({ id });
  }

  /** Keeps a backup from being removed while `work` reads it. Throws DomainError `not-found` when it has gone. */
  holding<T>(backup: BackupEntity, work: () => Promise<T>): Promise<T> {
    return this.holds.during(backup.id, async () => {
      if (await this.backups.existsBy({ id: backup.id, status: 'done' })) return work();
      throw unknownBackup();
    });
  }

  /** Backups that nothing may remove now: somebody reads them, or they are published. */
  async heldIds(): Promise<Set<string>> {
    return new Set([...(await this.holds.heldIds()), ...(await this.dumps.backupIds())]);
  }
}

function unknownBackup(): DomainError {
  return new DomainError(
    'not-found',
    'There is no backup of that name here. The list of backups (GET .../backup) has the names.',
  );
}
