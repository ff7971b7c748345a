import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import { declareAudience } from './audience.js';
import type { Caller, ProjectRole, UserRole } from './auth.types.js';
import { callerOf } from './request-caller.js';

/** For the page at /docs and openapi.json. */
const who = (audience: string) => ApiExtension('x-audience', audience);

/** Anybody, without a token. */
export const Public = () => applyDecorators(declareAudience({ kind: 'public' }), who('public'));

/** Any user with a valid token. */
export const AnyUser = () =>
  applyDecorators(declareAudience({ kind: 'any-user' }), who('any user'), ApiBearerAuth());

/** Users with at least this role. */
export const Roles = (minimum: UserRole) =>
  applyDecorators(
    declareAudience({ kind: 'role', minimum }),
    who(`role ${minimum} or above`),
    ApiBearerAuth(),
  );

/**
 * Users with at least this role in the project `:id` of the database `:db` (`default` on routes without it). The
 * route must have the parameter `:id`.
 */
export const ProjectRoles = (minimum: ProjectRole) =>
  applyDecorators(declareAudience({ kind: 'project', minimum }), who(`project ${minimum}`), ApiBearerAuth());

/** Who may see numbers of everything: users with the role admin or above, and whoever has HOLDFAST_METRICS_TOKEN. */
export const MetricsReaders = () =>
  applyDecorators(
    declareAudience({ kind: 'metrics' }),
    who('role admin or above, or the metrics token'),
    ApiBearerAuth(),
  );

/** The calling user; for routes that are not public. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): Caller =>
  callerIn(context),
);

/** For guards; the one that says who calls has come before them. */
export function callerIn(context: ExecutionContext): Caller {
  return callerOf(context.switchToHttp().getRequest<IncomingMessage>());
}
