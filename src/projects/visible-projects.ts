import { Injectable, Logger } from '@nestjs/common';
import { type Caller, CallerProjects } from '../auth/auth.types.js';
import type { CallerProjectDto } from '../auth/caller-project.dto.js';
import { isAtLeast } from '../users/users.types.js';
import { MembersService } from './members.service.js';
import { ProjectDirectory, type ProjectPage } from './project-directory.service.js';
import { jsonProjectId, type ProjectWithRole } from './projects.types.js';

const mostInProfile = 200;

/** The projects that a caller may see, with the caller's role in each. */
@Injectable()
export class VisibleProjects extends CallerProjects {
  readonly #log = new Logger(VisibleProjects.name);

  constructor(
    private readonly members: MembersService,
    private readonly directory: ProjectDirectory,
  ) {
    super();
  }

  async list(
    caller: Caller,
    database: string,
    page: ProjectPage,
  ): Promise<{ projects: ProjectWithRole[]; total: number }> {
    if (isAtLeast(caller.role, 'admin')) {
      const { projects, total } = await this.directory.list(database, page);
      return { projects: projects.map((project) => ({ ...project, role: 'admin' })), total };
    }
    const all = (await this.#ofMember(caller, database)).sort(byColumn(page.sort));
    if (page.descending) all.reverse();
    return { projects: all.slice(page.offset, page.offset + page.limit), total: all.length };
  }

  async of(caller: Caller): Promise<CallerProjectDto[]> {
    const page = { offset: 0, limit: mostInProfile, sort: 'name', descending: false } as const;
    try {
      const { projects } = await this.list(caller, 'default', page);
      return projects.map(({ id, name, role }) => ({ id: jsonProjectId(id), name, role }));
    } catch (error) {
      // Who somebody is can be said without the database; the projects then go by their ids.
      this.#log.warn('The names of projects could not be read from the database.', { err: error });
      const memberships = await this.members.membershipsOf(caller.id, 'default');
      return memberships
        .slice(0, mostInProfile)
        .map(({ projectId, role }) => ({ id: jsonProjectId(projectId), name: projectId, role }));
    }
  }

  /** Memberships of projects that are gone from the database are not shown. */
  async #ofMember(caller: Caller, database: string): Promise<ProjectWithRole[]> {
    const memberships = await this.members.membershipsOf(caller.id, database);
    if (memberships.length === 0) return [];
    const roles = new Map(memberships.map(({ projectId, role }) => [projectId, role]));
    const projects = await this.directory.findMany(database, [...roles.keys()]);
    return projects.flatMap((project) => {
      const role = roles.get(project.id);
      return role ? [{ ...project, role }] : [];
    });
  }
}

function byColumn(sort: ProjectPage['sort']) {
  const byId = (a: ProjectWithRole, b: ProjectWithRole) => a.id.localeCompare(b.id, 'en', { numeric: true });
  if (sort === 'id') return byId;
  return (a: ProjectWithRole, b: ProjectWithRole) => a.name.localeCompare(b.name, 'en') || byId(a, b);
}
