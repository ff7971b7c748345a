import { Injectable } from '@nestjs/common';
import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { type Caller, ProjectAccess } from '../auth/auth.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { BackupHistory } from '../catalog/backup-history.service.js';
import { DomainError } from '../common/errors.js';
import { badInput } from '../common/http/validation.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import { StorageService } from '../storage/storage.service.js';
import type { DumpSource, DumpWish } from './dumps.types.js';

/** Folders that Holdfast fills itself: of what stands there, only finished backups may be published. */
const ownFolders = new Set(['full', 'userbackups', 'databases', 'documents']);

/**
 * Decides what may be published. A full backup, by its id or its path. A project's backup by its id only, because it holds
 * one tenant's rows and nobody should publish those by a path that looks like others, and only by who may download it. Of
 * other files those that people put there: no working file, no manifest, nothing of the data folder.
 */
@Injectable()
export class PublishableService {
  constructor(
    private readonly history: BackupHistory,
    private readonly artefacts: ArtefactsService,
    private readonly databases: DatabasesService,
    private readonly storage: StorageService,
    private readonly projects: ProjectAccess,
    private readonly settings: Settings,
  ) {}

  /** Throws DomainError `bad-input`, `not-found`, `conflict` for a backup that is not done, `artefact-damaged`. */
  async find({ path, backupId, database }: DumpWish, caller: Caller): Promise<DumpSource> {
    if ((path === undefined) === (backupId === undefined)) {
      const message = 'give either path or backup_id';
      throw badInput(['path', 'backup_id'].map((field) => ({ field, message })));
    }
    if (backupId !== undefined) {
      if (database !== undefined)
        throw refused('database', 'database is known from the backup; leave it out');
      return this.#backup(await this.history.find({ id: backupId }), caller);
    }
    return this.#file(path ?? '', database, caller);
  }

  async #file(path: string, database: string | undefined, caller: Caller): Promise<DumpSource> {
    mustBePlain(path);
    if (this.artefacts.artefactOf(path) !== null || this.artefacts.artefactOfList(path) !== null) {
      throw refused('path', 'path is that of a manifest, or of a list of documents');
    }
    const backup = await this.history.find({ path });
    if (backup?.scope === 'project') {
      throw refused('path', "path is that of a project's backup; publish it by its backup_id");
    }
    if (backup) return this.#backup(backup, caller);
    if (ownFolders.has(path.split('/')[0] ?? '') || (await this.#isOfDataFolder(path))) throw notThere();
    const { id, name } = this.databases.identify(database ?? 'default');
    return { path, backup: null, database: { id, name }, projectId: null };
  }

  async #backup(backup: BackupEntity | null, caller: Caller): Promise<DumpSource> {
    if (!backup || !(await this.#mayDownload(backup, caller))) throw notThere();
    const { path, database, projectId, status, damage } = backup;
    if (status !== 'done') throw new DomainError('conflict', `This backup is ${status}: it has no file.`);
    if (damage) throw new DomainError('artefact-damaged', `This backup is damaged. ${damage.detail}`);
    const id = this.databases.idOf(database);
    return { path, backup, database: id === null ? null : { id, name: database }, projectId };
  }

  async #mayDownload({ database, projectId }: BackupEntity, caller: Caller): Promise<boolean> {
    // Admins may download every full backup; the route is theirs.
    return projectId === null || (await this.projects.roleOf(caller, database, projectId)) === 'admin';
  }

  /** It holds the catalogue and the keys; somebody may have put it into the backup folder. */
  async #isOfDataFolder(path: string): Promise<boolean> {
    const data = await realpath(this.settings.env.HOLDFAST_DATA_DIR);
    const file = await realpath(await this.storage.store.localPath(path));
    return file.startsWith(data + sep);
  }
}

function mustBePlain(path: string): void {
  const isPlain = (segment: string) => /^[^/\\\p{Cc}]+$/u.test(segment) && !segment.startsWith('.');
  if (path.length > 500) throw refused('path', 'path must have at most 500 characters');
  if (path.split('/').every(isPlain)) return;
  const rule = 'path must be relative to the backup folder, such as dumps/library-2026-03-01.sql.gz';
  throw refused('path', `${rule}, without "..", without hidden names and without "//"`);
}

function refused(field: string, message: string): DomainError {
  return badInput([{ field, message }]);
}

function notThere(): DomainError {
  return new DomainError(
    'not-found',
    'There is no such file that could be published. Name a finished backup by backup_id, or a file that stands in the backup folder by its path.',
  );
}
