import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../common/errors.js';
import { databaseNameOf } from '../common/http/database-name.decorator.js';
import { isAtLeast } from '../users/users.types.js';
import { type Audience, audiencesOf } from './audience.js';
import { type Caller, ProjectAccess, projectRoles, type UserRole } from './auth.types.js';
import { Authenticator } from './authenticator.js';
import { MetricsToken } from './metrics-token.js';
import { setCaller } from './request-caller.js';

type RoutedRequest = IncomingMessage & { params: Record<string, string | undefined> };

/** Asks who calls and whether they may. Fail-closed: a route that does not say who may call it is refused. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly projects: ProjectAccess,
    private readonly metricsToken: MetricsToken,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const [audience, ...more] = audiencesOf(context.getClass(), context.getHandler());
    if (!audience || more.length > 0) {
      throw new DomainError('forbidden', 'This route does not say who may call it, so nobody may.');
    }
    if (audience.kind === 'public') return true;

    const http = context.switchToHttp();
    const request = http.getRequest<RoutedRequest>();
    if (audience.kind === 'metrics' && this.metricsToken.isIn(request)) return true;
    const caller = await this.authenticator.identify(request, http.getResponse<ServerResponse>());
    setCaller(request, caller);
    await this.#require(audience, caller, request);
    return true;
  }

  async #require(audience: Audience, caller: Caller, { params }: RoutedRequest): Promise<void> {
    const minimum = roleFor(audience);
    if (minimum && !isAtLeast(caller.role, minimum)) {
      throw new DomainError('forbidden', `This needs the role ${minimum}; yours is ${caller.role}.`);
    }
    if (audience.kind !== 'project') return;
    const role = await this.projects.roleOf(caller, databaseNameOf(params), params['id'] ?? '');
    if (role === null) throw new DomainError('not-found', 'This project is unknown, or you may not see it.');
    if (projectRoles.indexOf(role) < projectRoles.indexOf(audience.minimum)) {
      throw new DomainError(
        'forbidden',
        `This needs the role ${audience.minimum} in the project; yours is ${role}.`,
      );
    }
  }
}

function roleFor(audience: Audience): UserRole | null {
  if (audience.kind === 'metrics') return 'admin';
  return audience.kind === 'role' ? audience.minimum : null;
}
