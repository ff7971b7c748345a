import { createReadStream } from 'node:fs';
import type { Production } from '../backup-pipeline/backup-pipeline.types.js';
import type { DumpContents } from '../engines/engine.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import type { ProjectRehearsal, ScopePlan } from '../project-scope/project-scope.types.js';
import type { ReceivedFile } from './upload-storage.js';

/** A file from elsewhere, as something that the pipeline can write once its rows were restored into copies. */
export class UploadProduction implements Production {
  readonly toolVersion = 'Holdfast project upload 1.0';
  readonly parts = [{ name: 'project', open: () => Promise.resolve(this.#open()) }];

  constructor(
    private readonly scope: ProjectScopeService,
    private readonly file: ReceivedFile,
    readonly serverVersion: string,
    private readonly plan: ScopePlan,
    private readonly rehearsal: Omit<ProjectRehearsal, 'openFile' | 'plan'>,
  ) {}

  #open() {
    return createReadStream(this.file.path);
  }

  /**
   * Throws DomainError `artefact-damaged` for rows that the database does not take, or that are not this project's;
   * `scope-leak` when it would stand below another project.
   */
  async finish(): Promise<DumpContents> {
    const openFile = () => Promise.resolve(this.#open());
    await this.scope.refuseOtherParents({ ...this.rehearsal, plan: this.plan, openFile });
    await this.scope.rehearse({ ...this.rehearsal, plan: this.plan, openFile, closed: true });
    return {
      tables: Object.entries(this.file.totals).map(([name, rows]) => ({ name, rows })),
      views: [],
      triggers: [],
      routines: [],
      events: [],
      warnings: ['Uploaded: what it holds was made elsewhere.'],
      consistencyPoint: null,
    };
  }

  abort(): Promise<void> {
    return Promise.resolve();
  }
}
