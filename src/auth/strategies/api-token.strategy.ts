import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { IncomingMessage } from 'node:http';
import CustomStrategy from 'passport-custom';
import { UsersService } from '../../users/users.service.js';
import { lowerOf } from '../../users/users.types.js';
import { ApiTokensService } from '../api-tokens.service.js';
import type { Caller } from '../auth.types.js';
import { bearerToken } from '../bearer-token.js';
import { callerFrom } from '../caller-from.js';

/** API tokens: the caller is their owner, with the lower of the token's role and the owner's role of today. */
@Injectable()
export class ApiTokenStrategy extends PassportStrategy(CustomStrategy.Strategy, 'api-token') {
  constructor(
    private readonly tokens: ApiTokensService,
    private readonly users: UsersService,
  ) {
    super();
  }

  async validate(request: IncomingMessage): Promise<Caller | null> {
    const token = await this.tokens.use(bearerToken(request) ?? '');
    const owner = token && (await this.users.find(token.userId));
    if (!owner) return null;
    return {
      ...callerFrom(owner, 'api-token'),
      role: lowerOf(token.role, owner.role),
      apiToken: { id: token.id, expiresAt: token.expiresAt },
    };
  }
}
