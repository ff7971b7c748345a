import type { Actor } from '../audit/audit.types.js';
import type { UserRole } from '../users/users.types.js';
import type { CallerProjectDto } from './caller-project.dto.js';

export type { UserRole };

/** From least to most. */
export const projectRoles = ['member', 'admin'] as const;

export type ProjectRole = (typeof projectRoles)[number];

/** Who is calling, as of this request: roles are read anew each time, never from the token. */
export interface Caller extends Actor {
  id: number;
  email: string;
  role: UserRole;
  /** Set when the request came with an API token. */
  apiToken?: { id: number; expiresAt: Date | null };
}

/** Answers the guard's question about projects; implemented by projects/, above. */
export abstract class ProjectAccess {
  /**
   * The caller's role in a project of `database`, or null when the caller is not to know that it exists. Users with
   * the role admin or superadmin are project admins everywhere.
   */
  abstract roleOf(caller: Caller, database: string, projectId: string): Promise<ProjectRole | null>;
}

/** What `GET /auth/me` says about projects; implemented by projects/, above. */
export abstract class CallerProjects {
  /** The caller's projects in `default`, at most 200, by name. Answers also while the database is away. */
  abstract of(caller: Caller): Promise<CallerProjectDto[]>;
}
