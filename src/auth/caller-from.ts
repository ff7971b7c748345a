import type { User } from '../users/user.entity.js';
import type { Caller } from './auth.types.js';

export function callerFrom({ id, email, name, role }: User): Caller {
  return { id, email, name, role };
}
