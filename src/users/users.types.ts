/** From least to most. */
export const userRoles = ['user', 'admin', 'superadmin'] as const;

export type UserRole = (typeof userRoles)[number];

export function isAtLeast(role: UserRole, minimum: UserRole): boolean {
  return userRoles.indexOf(role) >= userRoles.indexOf(minimum);
}

export function lowerOf(a: UserRole, b: UserRole): UserRole {
  return isAtLeast(a, b) ? b : a;
}

export interface NewUser {
  email: string;
  name: string;
  role: UserRole;
  /** Without one, the account cannot log in here: its owner comes with the host application's tokens. */
  password?: string;
  externalSubject?: string;
}

export interface UserChanges {
  email?: string;
  name?: string;
  role?: UserRole;
  password?: string;
}
