import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { DomainError } from '../common/errors.js';
import { SharedFlight } from '../common/shared-flight.js';
import { Settings } from '../config/settings.js';
import type { Engine } from '../engines/engine.types.js';
import { EnginesService } from '../engines/engines.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import { Operations } from '../jobs/operations.service.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { placeOf } from './connection-input.js';
import type { DatabaseIdentity, NamedAddress, RegisteredDatabase } from './databases.types.js';
import { defaultAddress, defaultDatabase } from './default-database.js';
import { Entry } from './entry.js';
import { Registration } from './registration.entity.js';
import { scopeRulesOf } from './scope-rules.js';
import { KeyRing } from './secrets/key-ring.service.js';

/** How soon a process sees what another one registered, changed or removed. */
const refreshEveryMs = 2_000;

/**
 * The targets that this process can work on: `default`, from HOLDFAST_DATABASE_URL, and those that were registered, as the
 * catalogue has them. An engine is opened when somebody first wants it.
 */
@Injectable()
export class DatabasesService implements OnModuleInit, OnApplicationShutdown {
  readonly #log = new Logger('databases');
  readonly #default: NamedAddress;
  readonly #entries = new Map<string, Entry>();
  readonly #names = new WeakMap<Engine, string>();
  readonly #refresh = new SharedFlight(() => this.#read());
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly engines: EnginesService,
    private readonly scope: ProjectScopeService,
    @InjectRepository(Registration) private readonly registrations: Repository<Registration>,
    private readonly ring: KeyRing,
    private readonly jobs: JobsService,
    operations: Operations,
  ) {
    const { env } = settings;
    operations.prepare(() => this.refresh());
    this.#default = { name: defaultDatabase, address: defaultAddress(settings) };
    const rules = scopeRulesOf(defaultDatabase, env, scope);
    const limits = {
      maxBackups: env.HOLDFAST_MAX_BACKUPS,
      maxProjectBackups: env.HOLDFAST_MAX_PROJECT_BACKUPS,
    };
    const facts = { id: defaultDatabase, name: defaultDatabase, scopeRules: rules, ...limits };
    const open = (address: NamedAddress['address']) => this.#open(facts, address);
    this.#entries.set(defaultDatabase, new Entry(0, this.#default.address, open, defaultDatabase));
  }

  async onModuleInit(): Promise<void> {
    await this.refresh();
    if (this.settings.purpose === 'command') return;
    this.#timer = setInterval(() => void this.#refreshQuietly(), refreshEveryMs);
    this.#timer.unref();
  }

  /** Throws DomainError `not-found`; `database-unreachable` when its connection data cannot be opened. */
  get(name: string): RegisteredDatabase {
    const entry = this.#entries.get(name);
    if (!entry) throw unknown(name);
    return entry.database();
  }

  /** The id of what is registered under this name now, also when its connection data cannot be opened; null for an unknown one. */
  idOf(name: string): string | null {
    return this.#entries.get(name)?.id ?? null;
  }

  /** Who it is, also when it cannot be worked on. Throws DomainError `not-found`. */
  identify(name: string): DatabaseIdentity {
    const entry = this.#entries.get(name);
    if (!entry) throw unknown(name);
    return { id: entry.id, name };
  }

  /** Every one that is registered, also those that cannot be worked on. */
  identities(): DatabaseIdentity[] {
    return [...this.#entries].map(([name, { id }]) => ({ id, name }));
  }

  /** Under which name an engine is registered, or was. */
  nameOf(engine: Engine): string {
    return this.#names.get(engine) ?? engine.databaseName;
  }

  /** Those that can be worked on; one whose connection data cannot be opened is left out. */
  all(): RegisteredDatabase[] {
    return [...this.#entries.values()].filter(({ usable }) => usable).map((entry) => entry.database());
  }

  /** Where they are. */
  addresses(): NamedAddress[] {
    return [...this.#entries].flatMap(([name, { address }]) => (address ? [{ name, address }] : []));
  }

  /** Where it is, in words without its password; null when that is not known. */
  placeOf(name: string): string | null {
    const address = this.#entries.get(name)?.address;
    return address ? placeOf(address) : null;
  }

  /** Takes over what the catalogue says now. */
  refresh(): Promise<void> {
    return this.#refresh.join();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    for (const entry of this.#entries.values()) await entry.close();
  }

  /** A catalogue that is away leaves what is known. */
  async #refreshQuietly(): Promise<void> {
    await this.refresh().catch((error: unknown) =>
      this.#log.warn({ msg: 'the registered databases could not be read', err: error }),
    );
  }

  async #read(): Promise<void> {
    const rows = await this.registrations.find();
    const names = new Set([defaultDatabase, ...rows.map(({ name }) => name)]);
    for (const name of this.#entries.keys()) if (!names.has(name)) this.#drop(name);
    for (const row of rows) {
      const entry = this.#entries.get(row.name);
      if (entry?.isOf(row) && entry.usable) continue;
      this.#drop(row.name);
      this.#entries.set(row.name, await this.#entryOf(row));
    }
  }

  async #entryOf(row: Registration): Promise<Entry> {
    return Entry.of(row, this.ring, (address) => this.#open(this.#factsOf(row), address));
  }

  #factsOf({ id, name, projectTable, maxBackups, maxProjectBackups }: Registration): Facts {
    const { env } = this.settings;
    return {
      id,
      name,
      scopeRules: scopeRulesOf(name, env, this.scope, projectTable ?? env.HOLDFAST_PROJECT_TABLE),
      maxBackups: maxBackups ?? env.HOLDFAST_MAX_BACKUPS,
      maxProjectBackups: maxProjectBackups ?? env.HOLDFAST_MAX_PROJECT_BACKUPS,
    };
  }

  #open(facts: Facts, address: NamedAddress['address']): RegisteredDatabase {
    const engine = this.engines.open(address);
    this.#names.set(engine, facts.name);
    return { ...facts, engine };
  }

  /** What still works with the engine comes to its end first. */
  #drop(name: string): void {
    const entry = this.#entries.get(name);
    this.#entries.delete(name);
    if (!entry) return;
    void this.jobs
      .inLane(name, 'wait', () => entry.close())
      .catch((error: unknown) =>
        this.#log.warn({ msg: 'a database could not be closed', database: name, err: error }),
      );
  }
}

type Facts = Omit<RegisteredDatabase, 'engine'>;

function unknown(name: string): DomainError {
  return new DomainError('not-found', `No database is registered as "${name}".`);
}
