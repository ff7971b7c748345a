import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { AuditAct } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import { BackupHistory } from '../catalog/backup-history.service.js';
import type { DumpEntity } from '../catalog/dump.entity.js';
import { type DumpPage, DumpRecords } from '../catalog/dump-records.service.js';
import type { BuiltFacts } from '../catalog/dump.types.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { DumpFiles, type FileFacts } from './dump-files.service.js';
import type { DumpSource, DumpWish, ShownDump } from './dumps.types.js';
import { PublishableService } from './publishable.service.js';

/** Files that are published, or taken back: what an administrator can ask for. */
@Injectable()
export class DumpsService {
  constructor(
    private readonly records: DumpRecords,
    private readonly publishable: PublishableService,
    private readonly files: DumpFiles,
    private readonly history: BackupHistory,
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async list(
    { isPublic, database }: { isPublic: boolean; database?: string | undefined },
    page: DumpPage,
    withBackups: boolean,
  ): Promise<[ShownDump[], number]> {
    const where = { public: Number(isPublic), ...(database !== undefined && { database }) };
    const [dumps, total] = await this.records.list(where, page);
    return [await Promise.all(dumps.map((dump) => this.show(dump, withBackups))), total];
  }

  async get(id: number, withBackup: boolean): Promise<ShownDump> {
    return this.show(await this.records.get(id), withBackup);
  }

  async show(dump: DumpEntity, withBackup = false): Promise<ShownDump> {
    const state = await this.files.stateOf(dump);
    if (!withBackup) return { dump, state };
    const backup = dump.backupId === null ? null : await this.history.find({ id: dump.backupId });
    return { dump, state, backup };
  }

  /** Throws DomainError as PublishableService does; `artefact-damaged` for a backup that is not what was written. */
  async publish(wish: DumpWish, isPublic: boolean, caller: Caller): Promise<DumpEntity> {
    return this.add(await this.publishable.find(wish, caller), isPublic, null, caller);
  }

  /** A file that is known to be one of ours, or was found to be publishable. */
  async add(
    source: DumpSource,
    isPublic: boolean,
    built: BuiltFacts | null,
    caller: Caller,
  ): Promise<DumpEntity> {
    const { path, backup, database, projectId } = source;
    const facts = await this.#examine(source);
    const act: AuditAct = {
      by: caller,
      action: 'publish-dump',
      ...(database && { database: database.name }),
      projectId,
      subject: path,
      details: { public: isPublic, backup: backup?.id ?? null, sha256: facts.sha256 },
    };
    const now = this.clock.now();
    // Guarded, though it destroys nothing: what has been public cannot be called back.
    return this.audit.guard(act, async () => {
      const dump = await this.records.add({
        ...facts,
        path,
        public: Number(isPublic),
        backupId: backup?.id ?? null,
        databaseId: database?.id ?? null,
        database: database?.name ?? null,
        projectId,
        built,
        downloads: 0,
        bytesSent: 0,
        lastDownloadedAt: null,
        createdBy: caller.id,
        createdByName: caller.name.slice(0, 190),
        createdAt: now,
        updatedAt: now,
      });
      await this.#mustStillBeThere(dump);
      return dump;
    });
  }

  /** Reads the file anew when it becomes public: it is published as it stands there now. */
  async change(id: number, { isPublic }: { isPublic: boolean }, caller: Caller): Promise<DumpEntity> {
    const dump = await this.records.get(id);
    const facts = { public: Number(isPublic), updatedAt: this.clock.now() };
    if (!isPublic) {
      return this.audit.watch(actOn(dump, 'unpublish-dump', caller), () => this.records.change(dump, facts));
    }
    const backup = dump.backupId === null ? null : await this.history.find({ id: dump.backupId });
    const read = await this.#examine({ path: dump.path, backup });
    if (dump.built && read.sha256 !== dump.sha256) {
      const detail =
        'The file is not the one that was built and checked. Delete this record and build a new dump.';
      throw new DomainError('artefact-damaged', detail);
    }
    return this.audit.guard(actOn(dump, 'publish-dump', caller), () =>
      this.records.change(dump, { ...facts, ...read }),
    );
  }

  /** Forgets the record; the file stays. */
  async remove(id: number, caller: Caller): Promise<DumpEntity> {
    const dump = await this.records.get(id);
    await this.audit.watch(actOn(dump, 'remove-dump', caller), () => this.records.remove(dump));
    return dump;
  }

  /** A backup's file that is gone or damaged is brought back from a copy first, if there is one. */
  async #examine({ path, backup }: Pick<DumpSource, 'path' | 'backup'>): Promise<FileFacts> {
    if (!backup) return this.files.examine(path);
    return this.catalog.holding(backup, () =>
      this.whole.reading(backup, async () => {
        const facts = await this.files.examine(path);
        if (facts.sha256 === backup.sha256) return facts;
        const detail = 'The file is not what the backup wrote: it is damaged. Publish another backup.';
        throw new DomainError('artefact-damaged', detail);
      }),
    );
  }

  /** Asked after the record is there: who removes a backup looks for records after having said so. */
  async #mustStillBeThere(dump: DumpEntity): Promise<void> {
    if (dump.backupId === null) return;
    const backup = await this.history.find({ id: dump.backupId });
    if (backup?.status === 'done') return;
    await this.records.remove(dump);
    throw new DomainError('not-found', 'The backup was removed meanwhile.');
  }
}

function actOn(
  { id, path, database, projectId }: DumpEntity,
  action: 'publish-dump' | 'unpublish-dump' | 'remove-dump',
  by: Caller,
): AuditAct {
  return {
    by,
    action,
    ...(database !== null && { database }),
    projectId,
    subject: path,
    details: { dump: id },
  };
}
