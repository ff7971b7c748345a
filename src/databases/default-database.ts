import { join } from 'node:path';
import { type DatabaseAddress, parseDatabaseUrl } from '../config/database-url.js';
import type { Settings } from '../config/settings.js';
import { createDemoDatabase } from './demo-database.js';

/** The database that the environment names; nobody can register, change or remove one of this name. */
export const defaultDatabase = 'default';

/** Where `default` is. Without HOLDFAST_DATABASE_URL it is the demo's, which is made when it is missing. */
export function defaultAddress({ env }: Settings): DatabaseAddress {
  if (env.HOLDFAST_DATABASE_URL) return parseDatabaseUrl(env.HOLDFAST_DATABASE_URL);
  const demoFile = join(env.HOLDFAST_DATA_DIR, 'demo.db');
  createDemoDatabase(demoFile);
  return parseDatabaseUrl(`sqlite:${demoFile}`);
}
