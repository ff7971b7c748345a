import type { Via } from '../audit/audit.types.js';
import type { User } from '../users/user.entity.js';
import type { Caller } from './auth.types.js';

export function callerFrom({ id, email, name, role }: User, via: Via): Caller {
  return { id, email, name, role, via };
}
