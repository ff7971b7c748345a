import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import { DomainError } from '../common/errors.js';
import { parseDatabaseUrl } from '../config/database-url.js';
import { Settings } from '../config/settings.js';
import type { Engine } from '../engines/engine.types.js';
import { EnginesService } from '../engines/engines.service.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { createDemoDatabase } from './demo-database.js';
import { scopeRulesOf } from './scope-rules.js';
import type { RegisteredDatabase } from './databases.types.js';

/** The registered targets. At present one: `default`, from HOLDFAST_DATABASE_URL. */
@Injectable()
export class DatabasesService implements OnApplicationShutdown {
  readonly #databases = new Map<string, RegisteredDatabase>();

  constructor({ env }: Settings, engines: EnginesService, scope: ProjectScopeService) {
    const demoFile = join(env.HOLDFAST_DATA_DIR, 'demo.db');
    const address = parseDatabaseUrl(env.HOLDFAST_DATABASE_URL ?? `sqlite:${demoFile}`);
    if (!env.HOLDFAST_DATABASE_URL) createDemoDatabase(demoFile);
    this.#databases.set('default', {
      name: 'default',
      engine: engines.open(address),
      scopeRules: scopeRulesOf('default', env, scope),
      maxBackups: env.HOLDFAST_MAX_BACKUPS,
      maxProjectBackups: env.HOLDFAST_MAX_PROJECT_BACKUPS,
    });
  }

  /** Throws DomainError `not-found`. */
  get(name: string): RegisteredDatabase {
    const database = this.#databases.get(name);
    if (!database) throw new DomainError('not-found', `No database is registered as "${name}".`);
    return database;
  }

  /** Under which name an engine is registered. */
  nameOf(engine: Engine): string {
    return this.all().find((database) => database.engine === engine)?.name ?? engine.databaseName;
  }

  all(): RegisteredDatabase[] {
    return [...this.#databases.values()];
  }

  async onApplicationShutdown(): Promise<void> {
    for (const { engine } of this.#databases.values()) await engine.close();
  }
}
