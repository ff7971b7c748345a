import { Injectable } from '@nestjs/common';
import { isDomainError } from '../common/errors.js';
import { isoTime } from '../common/timestamps.js';
import type { DatabaseAddress } from '../config/database-url.js';
import { Settings } from '../config/settings.js';
import type { EngineStatus } from '../engines/engine.types.js';
import { DatabasesService } from './databases.service.js';
import type {
  DatabaseDetailsDto,
  DatabaseDto,
  DatabaseTestDto,
  DiscoveredDto,
  ShownConnectionDto,
} from './databases.dto.js';
import { defaultDatabase } from './default-database.js';
import type { Registration } from './registration.entity.js';
import { RegistrationsService } from './registrations.service.js';
import type { DiscoveredDatabase } from './targets.service.js';

/** Registered databases as the HTTP contract shows them. Nothing here ever sees a password go out. */
@Injectable()
export class DatabasesPresenter {
  constructor(
    private readonly settings: Settings,
    private readonly databases: DatabasesService,
    private readonly registrations: RegistrationsService,
  ) {}

  byDefault(): DatabaseDto {
    const { id, name, engine, scopeRules, maxBackups, maxProjectBackups } =
      this.databases.get(defaultDatabase);
    return {
      id,
      name,
      engine: engine.kind,
      max_backups: maxBackups,
      max_project_backups: maxProjectBackups,
      project_table: scopeRules.root,
      created_at: null,
      updated_at: null,
    };
  }

  defaultDetails(): DatabaseDetailsDto {
    const where = this.databases.addresses().find(({ name }) => name === defaultDatabase);
    return { ...this.byDefault(), connection: where ? shown(where.address) : null, problems: [] };
  }

  registered(row: Registration): DatabaseDto {
    const { env } = this.settings;
    return {
      id: row.id,
      name: row.name,
      engine: row.engine,
      max_backups: row.maxBackups ?? env.HOLDFAST_MAX_BACKUPS,
      max_project_backups: row.maxProjectBackups ?? env.HOLDFAST_MAX_PROJECT_BACKUPS,
      project_table: row.projectTable ?? env.HOLDFAST_PROJECT_TABLE,
      created_at: isoTime(row.createdAt, env.HOLDFAST_TIMEZONE),
      updated_at: isoTime(row.updatedAt, env.HOLDFAST_TIMEZONE),
    };
  }

  async details(row: Registration): Promise<DatabaseDetailsDto> {
    try {
      const connection = shown(await this.registrations.addressOf(row));
      return { ...this.registered(row), connection, problems: [] };
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return { ...this.registered(row), connection: null, problems: [error.detail] };
    }
  }

  test(status: EngineStatus): DatabaseTestDto {
    return {
      success: status.reachable && status.problems.length === 0,
      reachable: status.reachable,
      server_version: status.serverVersion,
      dump_tool: status.dumpTool,
      missing_privileges: status.missingPrivileges,
      problems: status.problems,
      warnings: status.warnings,
    };
  }

  discovered(found: readonly DiscoveredDatabase[]): DiscoveredDto {
    const databases = found.map(({ name, registeredAs }) => ({ name, registered_as: registeredAs }));
    return { databases, total: databases.length };
  }
}

/** By name what is shown, so that nothing new that an address may hold one day is shown unasked. */
function shown(address: DatabaseAddress): ShownConnectionDto {
  if (address.engine === 'sqlite') return { engine: address.engine, path: address.path };
  const { engine, host, port, user, database, tls, password } = address;
  return { engine, host, port, user, database, tls, has_password: password !== '' };
}
