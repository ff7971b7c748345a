import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { type DatabaseAddress } from '../config/database-url.js';
import type { Engine } from './engine.types.js';
import { MysqlEngine } from './mysql/mysql-engine.js';
import { SqliteEngine } from './sqlite/sqlite-engine.js';

/** Makes the engine for an address. To add an engine: one folder beside this file, and a line here. */
@Injectable()
export class EnginesService {
  constructor(private readonly clock: Clock) {}

  open(address: DatabaseAddress): Engine {
    switch (address.engine) {
      case 'mysql':
        return new MysqlEngine(address);
      case 'sqlite':
        return new SqliteEngine(address, this.clock);
    }
  }
}
