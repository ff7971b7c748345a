import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

type PathParameters = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The database that a route is about: `:db` of its path, or `default` where the path has none. The guard, uploads and the
 * controllers all ask here, so that who may and what is done never speak of two databases.
 */
export function databaseNameOf(params: PathParameters): string {
  const { db = 'default' } = params;
  return String(db);
}

export const DatabaseName = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  databaseNameOf(context.switchToHttp().getRequest<{ params: PathParameters }>().params),
);
