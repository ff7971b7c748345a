import { isDomainError } from '../common/errors.js';
import type { DatabaseAddress } from '../config/database-url.js';
import type { RegisteredDatabase } from './databases.types.js';
import type { Registration } from './registration.entity.js';
import { addressOf } from './secrets/connection-data.js';
import type { KeyRing } from './secrets/key-ring.service.js';

type Open = (address: DatabaseAddress) => RegisteredDatabase;

/** One target of this process, as one version of its registration says. Opened when somebody first wants it. */
export class Entry {
  #database: RegisteredDatabase | undefined;

  constructor(
    private readonly version: number,
    /** Null when the connection data cannot be opened; `fault` says why. */
    readonly address: DatabaseAddress | null,
    private readonly open: Open,
    readonly id: string,
    private readonly fault?: Error,
  ) {}

  static async of(row: Registration, ring: KeyRing, open: Open): Promise<Entry> {
    try {
      return new Entry(row.version, await addressOf(row, ring), open, row.id);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return new Entry(row.version, null, open, row.id, error);
    }
  }

  isOf({ id, version }: Registration): boolean {
    return this.id === id && this.version === version;
  }

  get usable(): boolean {
    return this.address !== null;
  }

  /** Throws the fault of the connection data; SettingsError for a scope file that cannot be read. */
  database(): RegisteredDatabase {
    if (!this.address) throw this.fault ?? new Error('This entry has neither an address nor a fault');
    this.#database ??= this.open(this.address);
    return this.#database;
  }

  async close(): Promise<void> {
    await this.#database?.engine.close();
  }
}
