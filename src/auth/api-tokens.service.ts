import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { createHash } from 'node:crypto';
import { Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import type { PageRequest } from '../common/http/page.dto.js';
import { newSecret } from '../common/random.js';
import { UsersService } from '../users/users.service.js';
import { isAtLeast } from '../users/users.types.js';
import { ApiToken } from './api-token.entity.js';
import type { Caller, UserRole } from './auth.types.js';
import { apiTokenPrefix } from './bearer-token.js';

const dayMs = 86_400_000;
const useIsNotedEveryMs = 60_000;

export interface NewApiToken {
  name: string;
  role: UserRole;
  expiresInDays: number;
}

/** Tokens for scripts and cron: shown once, kept as a hash. */
@Injectable()
export class ApiTokensService {
  constructor(
    @InjectRepository(ApiToken) private readonly tokens: Repository<ApiToken>,
    private readonly users: UsersService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws DomainError `forbidden` for a role above the caller's. A token that was made with a token does not outlive
   * it, so that who holds one for a day cannot turn it into one for a year.
   */
  async create(caller: Caller, wanted: NewApiToken): Promise<{ record: ApiToken; token: string }> {
    if (!isAtLeast(caller.role, wanted.role)) {
      throw new DomainError(
        'forbidden',
        `The token cannot have the role ${wanted.role}; yours is ${caller.role}.`,
      );
    }
    if (!(await this.users.find(caller.id))) {
      throw new DomainError('conflict', 'Authentication is switched off, so there is nobody to own a token.');
    }
    const now = this.clock.now();
    const asked = new Date(now.getTime() + wanted.expiresInDays * dayMs);
    const limit = caller.apiToken?.expiresAt;
    const token = `${apiTokenPrefix}${newSecret()}`;
    const { identifiers } = await this.tokens.insert({
      userId: caller.id,
      name: wanted.name,
      role: wanted.role,
      tokenHash: hashOf(token),
      createdAt: now,
      expiresAt: limit && limit < asked ? limit : asked,
      lastUsedAt: null,
    });
    const record = await this.tokens.findOneByOrFail({ id: Number(identifiers[0]?.['id']) });
    const details = {
      name: record.name,
      role: record.role,
      expires_at: record.expiresAt?.toISOString() ?? null,
    };
    await this.audit.note({ by: caller, action: 'make-token', subject: record.id, details }, 'ok');
    return { record, token };
  }

  async list(userId: number, page: PageRequest<'id', never>): Promise<{ tokens: ApiToken[]; total: number }> {
    const [tokens, total] = await this.tokens.findAndCount({
      where: { userId },
      order: { id: page.descending ? 'DESC' : 'ASC' },
      skip: page.offset,
      take: page.limit,
    });
    return { tokens, total };
  }

  /** Revokes one of the caller's own tokens. Throws DomainError `not-found`, also for somebody else's. */
  async remove(caller: Caller, id: number): Promise<void> {
    const { affected } = await this.tokens.delete({ id, userId: caller.id });
    if (!affected) throw new DomainError('not-found', 'You have no token with this id.');
    await this.audit.note({ by: caller, action: 'revoke-token', subject: id }, 'ok');
  }

  /** The record of a token that is good now, or null. */
  async use(token: string): Promise<ApiToken | null> {
    const record = await this.tokens.findOneBy({ tokenHash: hashOf(token) });
    const now = this.clock.now();
    if (!record || (record.expiresAt && record.expiresAt <= now)) return null;
    if (!record.lastUsedAt || now.getTime() - record.lastUsedAt.getTime() > useIsNotedEveryMs) {
      await this.tokens.update({ id: record.id }, { lastUsedAt: now });
    }
    return record;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
