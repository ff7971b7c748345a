import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/auth.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import type { Arrival } from '../catalog/catalog.types.js';
import { DatabasesService } from '../databases/databases.service.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import type { ProjectOrderRequest } from './project-order.js';
import { RunProjectExtraction } from './run-project-extraction.js';
import { RunProjectUpload } from './run-project-upload.js';
import { type ReceivedFile, UploadStorage } from './upload-storage.js';

/** Project backups that are not made of what is live: files from elsewhere, and projects out of full backups. */
@Injectable()
export class ProjectArrivalsService {
  constructor(
    private readonly databases: DatabasesService,
    private readonly directory: ProjectDirectory,
    private readonly catalog: CatalogService,
    private readonly jobs: JobsService,
    private readonly uploads: RunProjectUpload,
    private readonly extractions: RunProjectExtraction,
    private readonly storage: UploadStorage,
  ) {}

  /** The file is gone from its working folder afterwards, whatever comes of it. */
  async upload<T>(
    name: string,
    projectId: string,
    file: ReceivedFile,
    description: string,
    caller: Caller,
    answer: (backup: BackupEntity) => T | Promise<T>,
  ): Promise<StartedJob<T>> {
    try {
      const database = this.databases.get(name);
      const request = await this.#request(database, projectId, description, caller, 'upload');
      return await this.jobs.start(
        { ...this.#job(name, projectId, caller), details: { uploaded: true } },
        async (context) => {
          try {
            return answer(await this.uploads.run(database, request, file, context));
          } finally {
            await this.storage.remove(file);
          }
        },
      );
    } catch (error) {
      await this.storage.remove(file);
      throw error;
    }
  }

  async extract<T>(
    name: string,
    projectId: string,
    fullFilename: string,
    caller: Caller,
    answer: (backup: BackupEntity) => T | Promise<T>,
  ): Promise<StartedJob<T>> {
    const database = this.databases.get(name);
    const full = await this.catalog.get({ database: name }, fullFilename);
    const request = await this.#request(database, projectId, `Out of ${full.filename}`, caller, 'extraction');
    return this.jobs.start(
      { ...this.#job(name, projectId, caller), details: { out_of: full.filename } },
      async (context) => answer(await this.extractions.run(database, full, request, context)),
    );
  }

  #job(database: string, projectId: string, by: Caller) {
    return { kind: 'project-backup', database, projectId, by, whenBusy: 'wait' } as const;
  }

  /** The project may be gone from the database; that is what such a backup may be for. */
  async #request(
    { name, maxProjectBackups }: RegisteredDatabase,
    projectId: string,
    description: string,
    caller: Caller,
    arrival: Arrival,
  ): Promise<ProjectOrderRequest> {
    const project = await this.directory.find(name, projectId);
    return {
      project: project ?? { id: projectId, name: projectId },
      arrival,
      description,
      createdBy: caller.id,
      createdByName: caller.name,
      keepNewest: maxProjectBackups,
    };
  }
}
