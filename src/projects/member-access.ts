import { Injectable } from '@nestjs/common';
import { type Caller, ProjectAccess, type ProjectRole } from '../auth/auth.types.js';
import { DatabasesService } from '../databases/databases.service.js';
import { isAtLeast } from '../users/users.types.js';
import { MembersService } from './members.service.js';
import { ProjectDirectory } from './project-directory.service.js';
import { isOtherSpellingOfNumber, isWellFormedId } from './projects.types.js';

/**
 * Project roles from the caller's role and the memberships alone. Whether the project is in the database is not asked:
 * a project whose root row was deleted by mistake must still be restorable.
 */
@Injectable()
export class MemberAccess extends ProjectAccess {
  constructor(
    private readonly members: MembersService,
    private readonly projects: ProjectDirectory,
    private readonly databases: DatabasesService,
  ) {
    super();
  }

  async roleOf(caller: Caller, database: string, projectId: string): Promise<ProjectRole | null> {
    if (!isWellFormedId(projectId) || this.databases.idOf(database) === null) return null;
    // `064` is a name of its own where ids are text, and nothing at all where they are numbers.
    if (isOtherSpellingOfNumber(projectId) && (await this.projects.idsAreIntegers(database)) !== false)
      return null;
    if (isAtLeast(caller.role, 'admin')) return 'admin';
    return this.members.roleOf(caller.id, database, projectId);
  }
}
