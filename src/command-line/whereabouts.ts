import { DatabasesService } from '../databases/databases.service.js';
import type { Context } from './commands/command.types.js';

/** What is about to be replaced, and where it is: settings that are missing lead to another database than the one meant. */
export function whereabouts({ session, database }: Context): string {
  const place = session.get(DatabasesService).placeOf(database);
  return place === null ? database : `${database} (${place})`;
}
