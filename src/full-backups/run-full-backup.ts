import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { BackupPipelineService } from '../backup-pipeline/backup-pipeline.service.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import type { BackupMethod, NewBackup } from '../catalog/catalog.types.js';
import { Clock } from '../common/clock.js';
import { fileTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { WorkOptions } from '../engines/engine.types.js';
import type { JobContext } from '../jobs/jobs.types.js';

export interface FullBackupRequest {
  /** One of its own if left out. */
  id?: string;
  description: string | null;
  /** Takes the files of the document folders along. */
  withDocuments?: boolean;
  /** `manual` if left out. */
  method?: BackupMethod;
  createdBy: number | null;
  createdByName: string | null;
}

/** One full backup: the engine's dump through the pipeline. */
@Injectable()
export class RunFullBackup {
  constructor(
    private readonly pipeline: BackupPipelineService,
    private readonly catalog: CatalogService,
    private readonly artefacts: ArtefactsService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  run(database: RegisteredDatabase, request: FullBackupRequest, job: JobContext): Promise<BackupEntity> {
    return this.#run(database, this.#planned(database, request), job, request);
  }

  /** Writes down that a backup was asked for; `runScheduled` makes it. */
  schedule(database: RegisteredDatabase, request: FullBackupRequest): Promise<BackupEntity> {
    return this.catalog.open(this.#planned(database, request), 'scheduled');
  }

  runScheduled(
    database: RegisteredDatabase,
    scheduled: BackupEntity,
    withDocuments: boolean,
    job: JobContext,
  ): Promise<BackupEntity> {
    return this.#run(database, this.#planned(database, scheduled), job, { scheduled, withDocuments });
  }

  #run(
    database: RegisteredDatabase,
    backup: NewBackup,
    job: JobContext,
    { scheduled, withDocuments = false }: { scheduled?: BackupEntity; withDocuments?: boolean },
  ): Promise<BackupEntity> {
    const { maxBackups: keepNewest, engine } = database;
    const { HOLDFAST_VERIFY: verify } = this.settings.env;
    const produce = (work: WorkOptions) => engine.openDump(work);
    const order = { database, backup, verify, keepNewest, produce, withDocuments };
    return this.pipeline.run({ ...order, ...(scheduled && { scheduled }) }, job);
  }

  #planned(
    { engine, name }: RegisteredDatabase,
    { id, description, method = 'manual', createdBy, createdByName }: FullBackupRequest,
  ): NewBackup {
    const { HOLDFAST_COMPRESSION: compression, HOLDFAST_TIMEZONE: zone } = this.settings.env;
    const createdAt = this.clock.now();
    return {
      ...(id && { id }),
      description,
      method,
      createdBy,
      createdByName,
      createdAt,
      database: name,
      stem: `backup_${fileTime(createdAt, zone)}`,
      ending: `.${engine.extension}${this.artefacts.suffix(compression)}`,
      engine: engine.kind,
      compression,
    };
  }
}
