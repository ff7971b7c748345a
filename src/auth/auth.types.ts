export type UserRole = 'user' | 'admin' | 'superadmin';
export type ProjectRole = 'admin' | 'member';

/** Who is calling, as of this request: roles are read anew each time, never from the token. */
export interface Caller {
  id: number;
  email: string;
  name: string;
  role: UserRole;
}

/** Answers the guard's question about projects; implemented by projects/, above. */
export abstract class ProjectAccess {
  /**
   * The caller's role in a project of `database`, or null when the caller is not to know that it exists. Users with
   * the role admin or superadmin are project admins everywhere.
   */
  abstract roleOf(caller: Caller, database: string, projectId: string): Promise<ProjectRole | null>;
}
