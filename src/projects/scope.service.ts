import { Injectable } from '@nestjs/common';
import { DatabasesService } from '../databases/databases.service.js';
import type { RowReader } from '../engines/rows.types.js';
import { MaintenanceService } from '../maintenance/maintenance.service.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import type { OwnedTable, ScopePlan } from '../project-scope/project-scope.types.js';

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

export interface ScopeReport {
  database: string;
  /** False when a table may hold rows of projects that no rule covers. */
  complete: boolean;
  strict: boolean;
  unclassified: ScopeTable[];
  root: ScopeNode;
  shared: ScopeTable[];
  excluded: ScopeTable[];
}

/** Which tables of a database are a project's, which are everybody's, which are neither, and why. */
@Injectable()
export class ScopeReports {
  constructor(
    private readonly databases: DatabasesService,
    private readonly scope: ProjectScopeService,
    private readonly maintenance: MaintenanceService,
  ) {}

  /** Counts every table's rows. Throws DomainError `artefact-unfit` for rules that do not fit the database. */
  async of(database: string): Promise<ScopeReport> {
    const { engine, scopeRules } = this.databases.get(database);
    await this.maintenance.pass(database);
    const plan = this.scope.plan(await engine.rows.schema(), scopeRules);
    return engine.rows.snapshot(async (reader) => {
      const rows = await counts(reader, plan);
      const said = (list: readonly { name: string; reason: string }[]) =>
        list.map(({ name, reason }) => ({ table: name, reason, rows: rows.get(name) ?? 0 }));
      return {
        database,
        complete: plan.unclassified.length === 0,
        strict: scopeRules.strict,
        unclassified: said(plan.unclassified),
        root: tree(plan, rows),
        shared: said(plan.shared),
        excluded: said(plan.excluded),
      };
    });
  }
}

async function counts(reader: RowReader, plan: ScopePlan): Promise<Map<string, number>> {
  const rows = new Map<string, number>();
  for (const { name } of [...plan.owned, ...plan.unclassified, ...plan.shared, ...plan.excluded]) {
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
