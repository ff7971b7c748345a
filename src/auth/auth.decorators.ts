import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import { declareAudience } from './audience.js';
import type { Caller, ProjectRole, UserRole } from './auth.types.js';
import { callerOf } from './request-caller.js';

/** Anybody, without a token. */
export const Public = () => declareAudience({ kind: 'public' });

/** Any user with a valid token. */
export const AnyUser = () => applyDecorators(declareAudience({ kind: 'any-user' }), ApiBearerAuth());

/** Users with at least this role. */
export const Roles = (minimum: UserRole) =>
  applyDecorators(declareAudience({ kind: 'role', minimum }), ApiBearerAuth());

/**
 * Users with at least this role in the project `:id` of the database `:db` (`default` on routes without it). The
 * route must have the parameter `:id`.
 */
export const ProjectRoles = (minimum: ProjectRole) =>
  applyDecorators(declareAudience({ kind: 'project', minimum }), ApiBearerAuth());

/** The calling user; for routes that are not public. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<IncomingMessage>()),
);
