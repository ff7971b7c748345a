import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/audit.types.js';
import { DatabasesService } from '../databases/databases.service.js';
import type { RowReader } from '../engines/rows.types.js';
import { MaintenanceService } from '../maintenance/maintenance.service.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import type {
  OwnedTable,
  ScopeNews,
  ScopePlan,
  UnlistedTypes,
} from '../project-scope/project-scope.types.js';
import { type CoveredScope, ScopeCoverage } from './scope-coverage.service.js';

/** A table of a project, and those that hang on it. */
export interface ScopeNode {
  table: string;
  /** By which references its rows belong. */
  path: string;
  /** In the table as a whole, of all projects. */
  rows: number;
  columns: string[];
  /** Empty when rows cannot be told apart by a key. */
  key: string[];
  children: ScopeNode[];
}

export interface ScopeTable {
  table: string;
  reason: string;
  rows: number;
}

export interface ScopeReport extends Pick<CoveredScope, 'digest' | 'complete' | 'accepted'> {
  database: string;
  strict: boolean;
  newSinceAcceptance: ScopeNews[];
  unclassified: ScopeTable[];
  unlistedTypes: UnlistedTypes[];
  root: ScopeNode;
  shared: ScopeTable[];
  whenEmpty: ScopeTable[];
  excluded: ScopeTable[];
}

/** Which tables of a database are a project's, which are everybody's, which are neither, and why. */
@Injectable()
export class ScopeReports {
  constructor(
    private readonly databases: DatabasesService,
    private readonly scope: ProjectScopeService,
    private readonly coverage: ScopeCoverage,
    private readonly maintenance: MaintenanceService,
  ) {}

  /** Counts every table's rows, and the types of the declared pairs. Throws DomainError `artefact-unfit` for rules that do not fit the database. */
  async of(database: string): Promise<ScopeReport> {
    const { registered, schema } = await this.#look(database);
    const { plan, news, digest, accepted, complete } = await this.coverage.of(registered, schema);
    return registered.engine.rows.snapshot(async (reader) => {
      const rows = await counts(reader, plan);
      const said = (list: readonly { name: string; reason: string }[]) =>
        list.map(({ name, reason }) => ({ table: name, reason, rows: rows.get(name) ?? 0 }));
      return {
        database,
        digest,
        complete,
        strict: registered.scopeRules.strict,
        accepted,
        newSinceAcceptance: news,
        unclassified: said(plan.unclassified),
        unlistedTypes: await this.scope.unlistedTypes(reader, schema, registered.scopeRules),
        root: tree(plan, rows),
        shared: said(plan.shared),
        whenEmpty: said(plan.whenEmpty),
        excluded: said(plan.excluded),
      };
    });
  }

  /** Takes the scope with this digest for seen. Throws DomainError `conflict` when it is another one by now. */
  async accept(database: string, digest: string, by: Actor): Promise<void> {
    const { registered, schema } = await this.#look(database);
    await this.coverage.accept(registered, schema, digest, by);
  }

  async #look(database: string) {
    const registered = this.databases.get(database);
    await this.maintenance.pass(database);
    return { registered, schema: await registered.engine.rows.schema() };
  }
}

async function counts(reader: RowReader, plan: ScopePlan): Promise<Map<string, number>> {
  const rows = new Map<string, number>();
  const { owned, unclassified, shared, whenEmpty, excluded } = plan;
  for (const { name } of [...owned, ...unclassified, ...shared, ...whenEmpty, ...excluded]) {
    if (!rows.has(name)) rows.set(name, await reader.count(name));
  }
  return rows;
}

/** Each table under the first one by which its rows belong; under the root when that is itself or stands behind it. */
function tree({ owned }: ScopePlan, rows: ReadonlyMap<string, number>): ScopeNode {
  const nodes = new Map<string, ScopeNode>();
  for (const table of owned) {
    const { name, path, columns, keyed, key } = table;
    const node = {
      table: name,
      path,
      rows: rows.get(name) ?? 0,
      columns,
      key: keyed ? key : [],
      children: [],
    };
    const parent = parentsOf(table).find((other) => nodes.has(other)) ?? owned[0]?.name ?? '';
    nodes.get(parent)?.children.push(node);
    nodes.set(name, node);
  }
  const root = nodes.get(owned[0]?.name ?? '');
  if (!root) throw new Error('A plan without its root table');
  return root;
}

function parentsOf({ owner }: OwnedTable): string[] {
  return owner.kind === 'references' ? owner.anyOf.map(({ parent }) => parent) : [];
}
