import type { DatabaseAddress } from '../../config/database-url.js';

export type MysqlAddress = Extract<DatabaseAddress, { engine: 'mysql' }>;
