import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DataSourceOptions } from 'typeorm';
import { catalogAddress } from '../config/database-url.js';
import type { Settings } from '../config/settings.js';
import { Backups1790000000002 } from './migrations/1790000000002-backups.js';
import { Audit1790000000003 } from './migrations/1790000000003-audit.js';
import { Maintenance1790000000005 } from './migrations/1790000000005-maintenance.js';
import { Recovery1790000000006 } from './migrations/1790000000006-recovery.js';
import { RestorePlans1790000000007 } from './migrations/1790000000007-restore-plans.js';
import { Scope1790000000008 } from './migrations/1790000000008-scope.js';
import { Copies1790000000009 } from './migrations/1790000000009-copies.js';
import { PlanChoices1790000000010 } from './migrations/1790000000010-plan-choices.js';
import { Databases1790000000012 } from './migrations/1790000000012-databases.js';
import { Jobs1790000000013 } from './migrations/1790000000013-jobs.js';
import { Schedules1790000000014 } from './migrations/1790000000014-schedules.js';
import { RecoveryPoints1790000000015 } from './migrations/1790000000015-recovery-points.js';
import { DownloadLinks1790000000016 } from './migrations/1790000000016-download-links.js';
import { OffsiteCopies1790000000017 } from './migrations/1790000000017-offsite-copies.js';
import { Dumps1790000000019 } from './migrations/1790000000019-dumps.js';
import { Documents1790000000018 } from './migrations/1790000000018-documents.js';
import { Users1790000000001 } from './migrations/1790000000001-users.js';
import { UnseenPlaces1790000000020 } from './migrations/1790000000020-unseen-places.js';
import { Verification1790000000004 } from './migrations/1790000000004-verification.js';

const common = {
  migrations: [
    Users1790000000001,
    Backups1790000000002,
    Audit1790000000003,
    Verification1790000000004,
    Maintenance1790000000005,
    Recovery1790000000006,
    RestorePlans1790000000007,
    Scope1790000000008,
    Copies1790000000009,
    PlanChoices1790000000010,
    Databases1790000000012,
    Jobs1790000000013,
    Schedules1790000000014,
    RecoveryPoints1790000000015,
    DownloadLinks1790000000016,
    OffsiteCopies1790000000017,
    Dumps1790000000019,
    Documents1790000000018,
    UnseenPlaces1790000000020,
  ],
  migrationsRun: true,
  synchronize: false,
  logging: false,
} satisfies Partial<DataSourceOptions>;

export function catalogOptions({ env }: Settings): DataSourceOptions {
  const address = catalogAddress(env);
  if (address.engine === 'sqlite') {
    mkdirSync(dirname(resolve(address.path)), { recursive: true, mode: 0o700 });
    return { ...common, type: 'better-sqlite3', database: address.path, enableWAL: true };
  }
  // The settings have refused it with a sentence.
  if (address.engine === 'postgres') throw new Error('There is no catalogue on PostgreSQL');
  return {
    ...common,
    type: 'mysql',
    host: address.host,
    port: address.port,
    username: address.user,
    password: address.password,
    database: address.database,
    charset: 'utf8mb4',
    timezone: 'Z',
    ...(address.tls && { ssl: {} }),
  };
}
