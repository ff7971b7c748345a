import { Injectable } from '@nestjs/common';
import { DatabasesService } from '../../databases/databases.service.js';
import { ExclusiveWorkService } from '../../databases/exclusive-work.service.js';
import { ProjectDirectory } from '../../projects/project-directory.service.js';
import { CopiesService } from './copies.service.js';

/**
 * Copies that a dead process had written down: what stands in the database says whether one was made. Not later than under
 * the next lock, since a project that is made then may be given the id that was to be the dead one's.
 */
@Injectable()
export class CopyRecovery {
  constructor(
    exclusive: ExclusiveWorkService,
    databases: DatabasesService,
    private readonly copies: CopiesService,
    private readonly directory: ProjectDirectory,
  ) {
    exclusive.afterRecovery((engine) => this.#settle(databases.nameOf(engine)));
  }

  async #settle(database: string): Promise<void> {
    for (const copy of await this.copies.unfinished(database)) {
      if (await this.directory.exists(database, copy.newProjectId)) await this.copies.finish(copy);
      else await this.copies.forget(copy);
    }
  }
}
