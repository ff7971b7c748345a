import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { BackupPipelineService } from '../backup-pipeline/backup-pipeline.service.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { Clock } from '../common/clock.js';
import { fileTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { WorkOptions } from '../engines/engine.types.js';
import type { JobContext } from '../jobs/jobs.types.js';

export interface FullBackupRequest {
  description: string | null;
  createdBy: number | null;
  createdByName: string | null;
}

/** One full backup: the engine's dump through the pipeline. */
@Injectable()
export class RunFullBackup {
  constructor(
    private readonly pipeline: BackupPipelineService,
    private readonly artefacts: ArtefactsService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  run(database: RegisteredDatabase, request: FullBackupRequest, job: JobContext): Promise<BackupEntity> {
    const { engine, name } = database;
    const {
      HOLDFAST_COMPRESSION: compression,
      HOLDFAST_TIMEZONE: zone,
      HOLDFAST_VERIFY: verify,
    } = this.settings.env;
    const createdAt = this.clock.now();
    const backup = {
      ...request,
      createdAt,
      database: name,
      stem: `backup_${fileTime(createdAt, zone)}`,
      ending: `.${engine.extension}${this.artefacts.suffix(compression)}`,
      engine: engine.kind,
      compression,
    };
    const keepNewest = database.maxBackups;
    const produce = (work: WorkOptions) => engine.openDump(work);
    return this.pipeline.run({ database, backup, verify, keepNewest, produce }, job);
  }
}
