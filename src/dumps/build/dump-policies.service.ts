import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { readFileSync } from 'node:fs';
import { Repository } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../auth/auth.types.js';
import { Clock } from '../../common/clock.js';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import { badInput } from '../../common/http/validation.js';
import { Settings, SettingsError } from '../../config/settings.js';
import { DatabasesService } from '../../databases/databases.service.js';
import { type DumpPolicy, parsePolicy } from './dump-policy.js';
import { DumpPolicyEntity } from './dump-policy.entity.js';
import { planReduction, type ReductionPlan } from './plan-reduction.js';

export interface KnownPolicy {
  policy: DumpPolicy | null;
  /** Where it is written; null when there is none. */
  source: 'file' | 'catalogue' | null;
  updatedAt: Date | null;
  updatedByName: string | null;
}

const none: KnownPolicy = { policy: null, source: null, updatedAt: null, updatedByName: null };

/** What of which database may be public: by HOLDFAST_DUMP_POLICIES_FILE, or as an administrator has said. */
@Injectable()
export class DumpPolicies {
  readonly #filed: ReadonlyMap<string, DumpPolicy>;

  constructor(
    @InjectRepository(DumpPolicyEntity) private readonly policies: Repository<DumpPolicyEntity>,
    private readonly databases: DatabasesService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    { env }: Settings,
  ) {
    this.#filed = readPolicies(env.HOLDFAST_DUMP_POLICIES_FILE);
  }

  /** Throws DomainError `not-found` for an unknown database. */
  async of(database: string): Promise<KnownPolicy> {
    const { id } = this.databases.identify(database);
    const filed = this.#filed.get(database);
    if (filed) return { ...none, policy: filed, source: 'file' };
    const row = await this.policies.findOneBy({ databaseId: id });
    if (!row) return none;
    const { policy, updatedAt, updatedByName } = row;
    return { policy, source: 'catalogue', updatedAt, updatedByName };
  }

  /** Throws DomainError `bad-input` with every fault; `conflict` for a database whose policy is in the file. */
  async set(database: string, value: unknown, caller: Caller): Promise<KnownPolicy> {
    const { id, name } = this.databases.identify(database);
    const parsed = parsePolicy(value);
    if ('faults' in parsed) throw badInput(parsed.faults);
    if (this.#filed.has(name)) {
      const detail = 'The policy of this database is in HOLDFAST_DUMP_POLICIES_FILE. Change it there.';
      throw new DomainError('conflict', detail);
    }
    const { policy } = parsed;
    const updatedAt = this.clock.now();
    const updatedByName = caller.name.slice(0, 190);
    const tables = Object.keys(policy.tables);
    const act = { by: caller, action: 'set-dump-policy', database: name, details: { tables } } as const;
    await this.audit.watch(act, () =>
      this.policies.upsert({ databaseId: id, policy, updatedAt, updatedByName }, ['databaseId']),
    );
    return { policy, source: 'catalogue', updatedAt, updatedByName };
  }

  /** What the policy, or none, means for the tables of today. Reads their definitions, and no row. */
  async outlook(database: string): Promise<ReductionPlan> {
    const { policy } = await this.of(database);
    const schema = await this.databases.get(database).engine.rows.schema();
    return planReduction(schema, policy ?? { tables: {} });
  }
}

/** Throws SettingsError, so that a service with a policy that nobody can read does not start. */
function readPolicies(path: string | undefined): Map<string, DumpPolicy> {
  if (path === undefined) return new Map();
  const entries = Object.entries(readObject(path));
  return new Map(
    entries.map(([database, value]) => {
      const parsed = parsePolicy(value);
      if ('policy' in parsed) return [database, parsed.policy];
      const faults = parsed.faults.map(({ message }) => `  ${database}: ${message}`);
      throw new SettingsError(`The file of HOLDFAST_DUMP_POLICIES_FILE is not valid:\n${faults.join('\n')}`);
    }),
  );
}

function readObject(path: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : (errorCodeOf(error) ?? 'no reason given');
    throw new SettingsError(`HOLDFAST_DUMP_POLICIES_FILE names a file that cannot be read (${why}).`);
  }
  throw new SettingsError('The file of HOLDFAST_DUMP_POLICIES_FILE must be {"<database>":{"tables":{...}}}.');
}
