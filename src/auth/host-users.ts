import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Actor } from '../audit/audit.types.js';
import { isDomainError } from '../common/errors.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';

const claims = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  // Without an end a leaked token would be good for ever.
  exp: z.number(),
  email: z.email().max(190).optional().catch(undefined),
  email_verified: z.boolean().optional().catch(undefined),
  name: z.string().min(1).optional().catch(undefined),
  preferred_username: z.string().min(1).optional().catch(undefined),
});

type Claims = z.infer<typeof claims>;

const hostApplication: Actor = { id: null, name: 'host application', via: 'host-token' };

/** Who the host application's users are here. */
@Injectable()
export class HostUsers {
  constructor(private readonly users: UsersService) {}

  /** The user of a checked token; made at the first visit. Null when the token does not say enough. */
  async userOf(payload: unknown): Promise<User | null> {
    const { success, data } = claims.safeParse(payload);
    if (!success) return null;
    const subject = `${data.iss}|${data.sub}`;
    if (subject.length > 255) return null;
    return (
      (await this.users.findBySubject(subject)) ??
      (await this.#link(subject, data)) ??
      (await this.#create(subject, data))
    );
  }

  /**
   * Takes over the account with the same address, only if the host application has verified it. A superadmin is never
   * linked: who runs the host application would become one.
   */
  async #link(subject: string, { email, email_verified }: Claims): Promise<User | null> {
    if (email === undefined || email_verified !== true) return null;
    const account = await this.users.findByEmail(email);
    if (!account || !(await this.users.linkSubject(account.id, subject, hostApplication))) return null;
    return this.users.find(account.id);
  }

  async #create(
    subject: string,
    { sub, email, email_verified, name, preferred_username }: Claims,
  ): Promise<User | null> {
    const usable = email !== undefined && email_verified !== false && !(await this.users.findByEmail(email));
    const user = {
      email: usable ? email : placeholderAddress(subject),
      name: (name ?? preferred_username ?? email ?? sub).slice(0, 190),
      role: 'user' as const,
      externalSubject: subject,
    };
    try {
      return await this.users.create(user, hostApplication);
    } catch (error) {
      // Two first requests at once: the other one has made the user.
      if (isDomainError(error) && error.code === 'conflict') return this.users.findBySubject(subject);
      throw error;
    }
  }
}

/** For users whose address is missing, not verified, or somebody else's; `.invalid` never receives mail. */
function placeholderAddress(subject: string): string {
  return `${createHash('sha256').update(subject).digest('hex').slice(0, 24)}@external.invalid`;
}
