import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { catalogAddress, type DatabaseAddress } from '../config/database-url.js';
import { Settings } from '../config/settings.js';
import { JobsService } from '../jobs/jobs.service.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import { addressFrom, changedAddress, type ConnectionInput, placeOf, saysWhere } from './connection-input.js';
import { DatabasesService } from './databases.service.js';
import { defaultDatabase } from './default-database.js';
import { Registration } from './registration.entity.js';
import { addressOf, sealedAddress } from './secrets/connection-data.js';
import { KeyRing } from './secrets/key-ring.service.js';

export interface RegistrationSettings {
  project_table?: string | null | undefined;
  max_backups?: number | null | undefined;
  max_project_backups?: number | null | undefined;
}

/** Which databases there are beside `default`: the only writer of those rows. */
@Injectable()
export class RegistrationsService {
  constructor(
    @InjectRepository(Registration) private readonly rows: Repository<Registration>,
    private readonly databases: DatabasesService,
    private readonly ring: KeyRing,
    private readonly jobs: JobsService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `bad-input`, `conflict` when the name or the database is taken. */
  register(
    name: string,
    connection: ConnectionInput,
    settings: RegistrationSettings,
    by: Actor,
  ): Promise<Registration> {
    const act = { by, action: 'register-database', database: name, subject: name } as const;
    return this.audit.watch(act, async () => {
      if (name.toLowerCase() === defaultDatabase) throw nameTaken();
      const address = addressFrom(connection);
      await this.#mustBeFree(address);
      const id = newId();
      const now = this.clock.now();
      await this.rows
        .insert({
          id,
          name,
          foldedName: name.toLowerCase(),
          engine: address.engine,
          ...(await sealedAddress(id, address, this.ring)),
          ...columnsOf(settings),
          version: 1,
          createdByName: by.name,
          createdAt: now,
          updatedAt: now,
        })
        .catch((error: unknown) => {
          throw isUniqueViolation(error) ? nameTaken(error) : error;
        });
      await this.databases.refresh();
      return this.get(name);
    });
  }

  /** Oldest first; without `default`. */
  list(): Promise<Registration[]> {
    return this.rows.find({ order: { seq: 'ASC' } });
  }

  /** Throws DomainError `not-found`; `forbidden` for `default`, which is no registration. */
  async get(name: string): Promise<Registration> {
    if (name === defaultDatabase) throw notByHttp();
    const row = await this.rows.findOneBy({ name });
    if (!row) throw new DomainError('not-found', `No database is registered as "${name}".`);
    return row;
  }

  /** Throws DomainError `database-unreachable` when no key of ours opens it. Holds the password. */
  addressOf(row: Registration): Promise<DatabaseAddress> {
    return addressOf(row, this.ring);
  }

  /**
   * Changes what is given. Throws DomainError `bad-input`, `conflict` when somebody else changed it at once,
   * `database-busy` while work on it runs.
   */
  async change(
    name: string,
    connection: ConnectionInput,
    settings: RegistrationSettings,
    by: Actor,
  ): Promise<Registration> {
    await this.get(name);
    const fields = Object.keys({ ...connection, ...columnsOf(settings) });
    const act = {
      by,
      action: 'change-database',
      database: name,
      subject: name,
      details: { fields },
    } as const;
    return this.audit.watch(act, () =>
      this.jobs.inLane(name, 'refuse', async () => {
        const row = await this.get(name);
        const where = saysWhere(connection) ? await this.#changedConnection(row, connection) : {};
        const changes = {
          ...columnsOf(settings),
          ...where,
          version: row.version + 1,
          updatedAt: this.clock.now(),
        };
        const { affected } = await this.rows.update({ id: row.id, version: row.version }, changes);
        if (affected !== 1) throw changedMeanwhile();
        await this.databases.refresh();
        return this.get(name);
      }),
    );
  }

  async #changedConnection(row: Registration, connection: ConnectionInput): Promise<Partial<Registration>> {
    // A whole new address needs nothing of the old one, whose key may be lost.
    const whole = connection.url !== undefined;
    const address = whole
      ? addressFrom(connection)
      : changedAddress(await addressOf(row, this.ring), connection);
    if (address.engine !== row.engine) throw otherEngine();
    await this.#mustBeFree(address, row.name);
    return sealedAddress(row.id, address, this.ring);
  }

  /** Its backups stay where they are. Throws DomainError `database-busy` while work on it runs. */
  async remove(name: string, by: Actor): Promise<void> {
    await this.get(name);
    const act = { by, action: 'remove-database', database: name, subject: name } as const;
    await this.audit.guard(act, () =>
      this.jobs.inLane(name, 'refuse', async () => {
        const { id } = await this.get(name);
        await this.rows.delete({ id });
        await this.databases.refresh();
      }),
    );
  }

  /** Two names for one database would each take the other's undos for theirs; a restore must never rewind the catalogue. */
  async #mustBeFree(address: DatabaseAddress, except?: string): Promise<void> {
    await this.databases.refresh();
    const place = placeOf(address);
    if (place === placeOf(catalogAddress(this.settings.env))) {
      throw new DomainError('conflict', 'This is the catalogue of Holdfast itself, which it cannot restore.');
    }
    const same = this.databases.addresses().find((other) => placeOf(other.address) === place);
    if (same && same.name !== except) {
      throw new DomainError('conflict', `This database is already registered, as "${same.name}".`);
    }
  }
}

function columnsOf(settings: RegistrationSettings) {
  const { project_table, max_backups, max_project_backups } = settings;
  return {
    ...(project_table !== undefined && { projectTable: project_table }),
    ...(max_backups !== undefined && { maxBackups: max_backups }),
    ...(max_project_backups !== undefined && { maxProjectBackups: max_project_backups }),
  };
}

function nameTaken(cause?: unknown): DomainError {
  return new DomainError(
    'conflict',
    'A database of this name is registered; names that differ in upper and lower case only count as the same.',
    { cause },
  );
}

function notByHttp(): DomainError {
  return new DomainError(
    'forbidden',
    'The database "default" is what HOLDFAST_DATABASE_URL says. Change it there and start the service again.',
  );
}

function otherEngine(): DomainError {
  return new DomainError(
    'conflict',
    'Its backups are of another kind of database. Register the new one under a name of its own.',
  );
}

function changedMeanwhile(): DomainError {
  return new DomainError(
    'conflict',
    'Somebody else changed this database at the same time. Look at it, then try again.',
  );
}
