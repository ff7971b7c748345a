import { Injectable, Logger } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { passportJwtSecret } from 'jwks-rsa';
import { type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { Settings } from '../../config/settings.js';
import type { Caller } from '../auth.types.js';
import { bearerToken } from '../bearer-token.js';
import { callerFrom } from '../caller-from.js';
import { HostUsers } from '../host-users.js';

/** Tokens that the host application signed; its public keys come from its JWKS address and are kept for ten minutes. */
@Injectable()
export class HostTokenStrategy extends PassportStrategy(Strategy, 'host-token') {
  constructor(
    { env }: Settings,
    private readonly hostUsers: HostUsers,
  ) {
    super({
      jwtFromRequest: bearerToken,
      secretOrKeyProvider: env.HOLDFAST_JWKS_URL === undefined ? noKey : keysFrom(env.HOLDFAST_JWKS_URL),
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
      ...(env.HOLDFAST_JWT_ISSUER !== undefined && { issuer: env.HOLDFAST_JWT_ISSUER }),
      ...(env.HOLDFAST_JWT_AUDIENCE !== undefined && { audience: env.HOLDFAST_JWT_AUDIENCE }),
      ignoreExpiration: false,
    });
  }

  async validate(payload: unknown): Promise<Caller | null> {
    const user = await this.hostUsers.userOf(payload);
    return user && callerFrom(user, 'host-token');
  }
}

const noKey: SecretOrKeyProvider = (_request, _token, done) => done(null);

function keysFrom(jwksUri: string): SecretOrKeyProvider {
  const log = new Logger(HostTokenStrategy.name);
  return passportJwtSecret({
    jwksUri,
    cache: true,
    cacheMaxAge: 600_000,
    rateLimit: true,
    jwksRequestsPerMinute: 10,
    timeout: 5_000,
    handleSigningKeyError: (error, refuse) => {
      if (error && error.name !== 'SigningKeyNotFoundError') {
        log.warn('The keys of the host application could not be read from HOLDFAST_JWKS_URL.', {
          err: error,
        });
      }
      refuse(error);
    },
  });
}
