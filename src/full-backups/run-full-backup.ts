import { Injectable } from '@nestjs/common';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Compression, Manifest, WrittenArtefact } from '../artefacts/artefacts.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { Clock } from '../common/clock.js';
import { shortId } from '../common/random.js';
import { fileTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { Dump, DumpContents, WorkOptions } from '../engines/engine.types.js';
import type { JobContext } from '../jobs/jobs.types.js';
import { RetentionService } from '../retention/retention.service.js';
import { fullBackupFolder } from './full-backup-folder.js';

export interface FullBackupRequest {
  description: string | null;
  createdBy: number | null;
  createdByName: string | null;
}

/** How long a backup waits for another process's work on the same database. */
const lockWaitMs = 30 * 60_000;

/**
 * One full backup: dump, check, compress, hash, store, then the manifest, then the catalogue, then retention. The
 * order is invariant 1: a crash at any instant leaves nothing half that any list, download or restore can see.
 */
@Injectable()
export class RunFullBackup {
  constructor(
    private readonly catalog: CatalogService,
    private readonly artefacts: ArtefactsService,
    private readonly retention: RetentionService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async run(
    database: RegisteredDatabase,
    request: FullBackupRequest,
    job: JobContext,
  ): Promise<BackupEntity> {
    const { engine } = database;
    const { HOLDFAST_COMPRESSION: compression, HOLDFAST_TIMEZONE: zone } = this.settings.env;
    const backup = await this.catalog.open({
      ...request,
      database: database.name,
      folder: fullBackupFolder(database.name),
      stem: `backup_${fileTime(this.clock.now(), zone)}`,
      ending: `.${engine.extension}${this.artefacts.suffix(compression)}`,
      engine: engine.kind,
      compression,
    });
    try {
      const lock = await engine.lock(lockWaitMs);
      try {
        await this.#dump(database, backup, compression, job);
      } finally {
        await lock.release();
      }
    } catch (error) {
      await this.catalog.fail(backup, error);
      throw error;
    }
    await this.retention.applyAfterSuccess({ database: database.name }, database.maxBackups);
    return backup;
  }

  async #dump(
    { engine }: RegisteredDatabase,
    backup: BackupEntity,
    compression: Compression,
    job: JobContext,
  ): Promise<void> {
    const work: WorkOptions = {
      id: shortId(),
      workFolder: join(this.settings.env.HOLDFAST_DATA_DIR, 'work', job.id),
      signal: job.signal,
    };
    await mkdir(work.workFolder, { recursive: true, mode: 0o700 });
    let dump: Dump | undefined;
    let artefact: WrittenArtefact | undefined;
    try {
      job.phase('dump');
      dump = await engine.openDump(work);
      artefact = await this.artefacts.write(backup.path, dump.parts, compression);
      job.phase('check');
      const contents = await dump.finish();
      await artefact.publish();
      await this.artefacts.writeManifest(backup.path, this.#manifest(backup, artefact, dump, contents));
      await this.catalog.seal(backup, {
        size: artefact.size,
        sha256: artefact.sha256,
        contents: {
          tables: Object.fromEntries(contents.tables.map(({ name, rows }) => [name, rows])),
          warnings: contents.warnings,
        },
      });
    } catch (error) {
      // Published but not sealed is as good as not made: nobody was told of it.
      await artefact?.discard();
      if (artefact) await this.artefacts.remove(backup.path);
      throw error;
    } finally {
      await dump?.abort();
      await rm(work.workFolder, { recursive: true, force: true });
    }
  }

  #manifest(backup: BackupEntity, artefact: WrittenArtefact, dump: Dump, contents: DumpContents): Manifest {
    return {
      format: 'holdfast-manifest',
      format_version: 1,
      id: backup.id,
      scope: 'full',
      database: backup.database,
      project_id: null,
      project_name: null,
      filename: backup.filename,
      size: artefact.size,
      sha256: artefact.sha256,
      uncompressed_size: artefact.uncompressedSize,
      compression: backup.compression as Compression,
      encryption: null,
      engine: backup.engine as Manifest['engine'],
      server_version: dump.serverVersion,
      tool_version: dump.toolVersion,
      parts: artefact.parts,
      contents,
      method: backup.method,
      description: backup.description,
      created_by: backup.createdBy,
      created_by_name: backup.createdByName,
      created_at: backup.createdAt.toISOString(),
      finished_at: this.clock.now().toISOString(),
    };
  }
}
