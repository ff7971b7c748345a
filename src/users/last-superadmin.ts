import {
  type DeleteQueryBuilder,
  type Repository,
  type SelectQueryBuilder,
  type UpdateQueryBuilder,
} from 'typeorm';
import { errorCodeOf } from '../common/errors.js';
import type { User } from './user.entity.js';

export type UserStatement = (
  users: SelectQueryBuilder<User>,
) => UpdateQueryBuilder<User> | DeleteQueryBuilder<User>;

/** The extra SELECT level is for MySQL, which does not let a statement read the very table that it changes. */
const otherSuperadminsLeft =
  "(role <> 'superadmin' OR 1 < (SELECT n FROM (SELECT COUNT(*) AS n FROM users WHERE role = 'superadmin') AS superadmins))";

/**
 * Demotes or removes a user, but never the last superadmin: the check and the change are one statement, so that two
 * requests which race for the last two cannot both win. Returns whether a row was changed.
 */
export async function changeUnlessLastSuperadmin(
  users: Repository<User>,
  id: number,
  change: UserStatement,
): Promise<boolean> {
  const attempt = async () => {
    const statement = change(users.createQueryBuilder());
    const { affected } = await statement.where('id = :id', { id }).andWhere(otherSuperadminsLeft).execute();
    return (affected ?? 0) > 0;
  };
  try {
    return await attempt();
  } catch (error) {
    // InnoDB ends one of two racing statements with a deadlock; asked again, it sees the other one's outcome.
    const cause = error instanceof Error && 'driverError' in error ? error.driverError : error;
    if (errorCodeOf(cause) === 'ER_LOCK_DEADLOCK') return attempt();
    throw error;
  }
}
