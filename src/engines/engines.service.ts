import { Injectable } from '@nestjs/common';
import { basename } from 'node:path';
import { Clock } from '../common/clock.js';
import { type DatabaseAddress } from '../config/database-url.js';
import type { Engine } from './engine.types.js';
import { listMysqlDatabases } from './mysql/list-databases.js';
import { MysqlEngine } from './mysql/mysql-engine.js';
import { listPostgresDatabases } from './postgres/list-databases.js';
import { PostgresEngine } from './postgres/postgres-engine.js';
import { SqliteEngine } from './sqlite/sqlite-engine.js';

/** Makes the engine for an address. To add an engine: one folder beside this file, and a line here. */
@Injectable()
export class EnginesService {
  constructor(private readonly clock: Clock) {}

  open(address: DatabaseAddress): Engine {
    switch (address.engine) {
      case 'mysql':
        return new MysqlEngine(address);
      case 'postgres':
        return new PostgresEngine(address);
      case 'sqlite':
        return new SqliteEngine(address, this.clock);
    }
  }

  /**
   * The databases of the address's server that its account may see, without the server's own and without what restores
   * keep beside live; the address need not name one. Throws DomainError `database-unreachable`.
   */
  async databasesOf(address: DatabaseAddress): Promise<string[]> {
    switch (address.engine) {
      case 'mysql':
        return listMysqlDatabases(address);
      case 'postgres':
        return listPostgresDatabases(address);
      case 'sqlite':
        // A file is a server of one.
        return [basename(address.path)];
    }
  }
}
