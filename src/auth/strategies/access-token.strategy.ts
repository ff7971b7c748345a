import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { z } from 'zod';
import { UsersService } from '../../users/users.service.js';
import { accessTokenIssuer } from '../access-tokens.js';
import type { Caller } from '../auth.types.js';
import { bearerToken } from '../bearer-token.js';
import { callerFrom } from '../caller-from.js';
import { JwtSecret } from '../jwt-secret.js';

const claims = z.object({ sub: z.string().regex(/^[1-9]\d{0,9}$/), exp: z.number() });

/** Our own access tokens: they say who, and nothing about what that user may do. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(
    secret: JwtSecret,
    private readonly users: UsersService,
  ) {
    super({
      jwtFromRequest: bearerToken,
      secretOrKey: secret.value,
      algorithms: ['HS256'],
      issuer: accessTokenIssuer,
      ignoreExpiration: false,
    });
  }

  async validate(payload: unknown): Promise<Caller | null> {
    const { success, data } = claims.safeParse(payload);
    const user = success ? await this.users.find(Number(data.sub)) : null;
    return user && callerFrom(user, 'access-token');
  }
}
