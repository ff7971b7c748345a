import { Injectable } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import passport from 'passport';
import { clientAddress } from '../common/http/client-address.js';
import { RateLimiter } from '../common/rate-limiter.js';
import { DomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import type { Caller } from './auth.types.js';
import { bearerToken, kindOfToken } from './bearer-token.js';
import { AccessTokenStrategy } from './strategies/access-token.strategy.js';
import { ApiTokenStrategy } from './strategies/api-token.strategy.js';
import { HostTokenStrategy } from './strategies/host-token.strategy.js';

const everybody: Caller = {
  id: 0,
  email: 'nobody@localhost',
  name: 'Nobody (no authentication)',
  role: 'superadmin',
  via: 'no-authentication',
};

/** Turns a request's token into a caller. Which of the three kinds of token it is decides which strategy is asked. */
@Injectable()
export class Authenticator {
  /** By client address. */
  readonly badTokens = new RateLimiter(600, 60);

  constructor(
    private readonly settings: Settings,
    private readonly accessTokens: AccessTokenStrategy,
    private readonly apiTokens: ApiTokenStrategy,
    private readonly hostTokens: HostTokenStrategy,
  ) {}

  /** Throws DomainError `unauthenticated`; `rate-limited` for an address that keeps sending bad tokens. */
  async identify(request: IncomingMessage, response: ServerResponse): Promise<Caller> {
    if (this.settings.env.HOLDFAST_AUTH === 'disabled') return everybody;
    const token = bearerToken(request);
    if (token === null)
      throw unauthenticated('Log in, and send the token as "Authorization: Bearer <token>".');
    const caller = await authenticate(this.#strategyFor(token), request, response);
    if (caller) return caller;
    await this.badTokens.count(clientAddress(request), 'Too many requests came with a bad token.');
    throw unauthenticated('The token is not valid, or not any more. Log in again.');
  }

  #strategyFor(token: string) {
    switch (kindOfToken(token)) {
      case 'api':
        return this.apiTokens;
      case 'own':
        return this.accessTokens;
      case 'foreign':
        return this.hostTokens;
    }
  }
}

type Strategy = AccessTokenStrategy | ApiTokenStrategy | HostTokenStrategy;

/** Passport writes its callbacks onto the strategy that it is given: each request gets an object of its own. */
function authenticate(
  strategy: Strategy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Caller | null> {
  return new Promise((resolve, reject) => {
    const ofThisRequest = Object.create(strategy) as Strategy;
    const done = (error: unknown, caller: Caller | false | null | undefined) => {
      if (error) reject(error);
      else resolve(caller || null);
    };
    passport.authenticate(ofThisRequest, { session: false }, done)(request, response, reject);
  });
}

function unauthenticated(detail: string): DomainError {
  return new DomainError('unauthenticated', detail);
}
