import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import type { ProjectRole } from '../auth/auth.types.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { ProjectDirectory } from './project-directory.service.js';
import { ProjectMember } from './project-member.entity.js';

export interface Member {
  user: User;
  role: ProjectRole;
}

/** Who belongs to which project. Kept in the catalogue, so that restoring a database does not change it. */
@Injectable()
export class MembersService {
  constructor(
    @InjectRepository(ProjectMember) private readonly members: Repository<ProjectMember>,
    private readonly users: UsersService,
    private readonly projects: ProjectDirectory,
    private readonly databases: DatabasesService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Null also for a database that nobody registered. */
  async roleOf(userId: number, database: string, projectId: string): Promise<ProjectRole | null> {
    const databaseId = this.databases.idOf(database);
    if (databaseId === null) return null;
    const found = await this.members.findBy({ userId, databaseId, projectId });
    // Some catalogue engines take `abc` for `ABC`; these may be two projects.
    return found.find((member) => member.projectId === projectId)?.role ?? null;
  }

  /** Throws DomainError `not-found` for an unknown database. */
  async membershipsOf(userId: number, database: string): Promise<ProjectMember[]> {
    return this.members.findBy({ userId, databaseId: this.#idOf(database) });
  }

  /** By user id. Throws DomainError `not-found` for a project that is neither in the database nor has members. */
  async list(
    database: string,
    projectId: string,
    page: { offset: number; limit: number; descending: boolean },
  ): Promise<{ members: Member[]; total: number }> {
    const [rows, total] = await this.members.findAndCount({
      where: { databaseId: this.#idOf(database), projectId },
      order: { userId: page.descending ? 'DESC' : 'ASC' },
      skip: page.offset,
      take: page.limit,
    });
    if (total === 0) await this.#requireProject(database, projectId);
    const users = new Map(
      (await this.users.findMany(rows.map(({ userId }) => userId))).map((user) => [user.id, user]),
    );
    const members = rows.flatMap(({ userId, role }) => {
      const user = users.get(userId);
      return user ? [{ user, role }] : [];
    });
    return { members, total };
  }

  /** Adds a member or changes their role. Throws DomainError `not-found` for an unknown project or user. */
  async set(database: string, projectId: string, user: User, role: ProjectRole, by: Actor): Promise<Member> {
    const databaseId = this.#idOf(database);
    await this.#requireProject(database, projectId);
    const row = { databaseId, projectId, userId: user.id, role, createdAt: this.clock.now() };
    await this.members.upsert(row, ['databaseId', 'projectId', 'userId']);
    const details = { email: user.email, role };
    await this.audit.note({ by, action: 'set-member', database, projectId, subject: user.id, details }, 'ok');
    return { user, role };
  }

  /** Throws DomainError `not-found` for somebody who is not a member. */
  async remove(database: string, projectId: string, userId: number, by: Actor): Promise<void> {
    const databaseId = this.#idOf(database);
    const { affected } = await this.members.delete({ databaseId, projectId, userId });
    if (!affected) throw new DomainError('not-found', 'This user is not a member of the project.');
    await this.audit.note({ by, action: 'remove-member', database, projectId, subject: userId }, 'ok');
  }

  #idOf(database: string): string {
    const id = this.databases.idOf(database);
    if (id === null) throw new DomainError('not-found', `No database is registered as "${database}".`);
    return id;
  }

  async #requireProject(database: string, projectId: string): Promise<void> {
    if (await this.projects.exists(database, projectId)) return;
    throw new DomainError('not-found', 'This project is unknown, or you may not see it.');
  }
}
