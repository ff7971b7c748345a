import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import { isDomainError } from '../common/errors.js';
import type { EngineStatus } from '../engines/engine.types.js';
import { EnginesService } from '../engines/engines.service.js';
import { addressFrom, type ConnectionInput, placeOf } from './connection-input.js';
import { DatabasesService } from './databases.service.js';

export interface DiscoveredDatabase {
  name: string;
  /** Null when it is not registered. */
  registeredAs: string | null;
}

/** What there is at the other end of a connection. */
@Injectable()
export class TargetsService {
  constructor(
    private readonly databases: DatabasesService,
    private readonly engines: EnginesService,
    private readonly audit: AuditService,
  ) {}

  /** What works and what does not; a database that cannot be reached is an answer. Throws DomainError `not-found`. */
  async test(name: string): Promise<EngineStatus> {
    try {
      return await this.databases.get(name).engine.probe();
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'database-unreachable') throw error;
      return {
        reachable: false,
        serverVersion: null,
        dumpTool: null,
        problems: [error.detail],
        warnings: [],
        missingPrivileges: [],
      };
    }
  }

  /** All databases of a server that its account may see. Throws DomainError `bad-input`, `database-unreachable`. */
  discover(connection: ConnectionInput, by: Actor): Promise<DiscoveredDatabase[]> {
    return this.audit.watch({ by, action: 'discover-databases' }, async () => {
      const address = addressFrom(connection, { needsDatabase: false });
      const names = await this.engines.databasesOf(address);
      const known = new Map(this.databases.addresses().map((other) => [placeOf(other.address), other.name]));
      const called = (database: string) => (address.engine === 'sqlite' ? address : { ...address, database });
      return names.map((name) => ({ name, registeredAs: known.get(placeOf(called(name))) ?? null }));
    });
  }
}
