import { Injectable } from '@nestjs/common';
import { DatabasesService } from '../databases/databases.service.js';
import type { Cell, ListQuery, Row, RowReader } from '../engines/rows.types.js';
import { MaintenanceService } from '../maintenance/maintenance.service.js';
import { type Project } from './projects.types.js';
import { cellText, findRootTable, idOfKey, keyCell, type RootTable } from './root-table.js';

export type ProjectSort = 'id' | 'name';

export interface ProjectPage {
  offset: number;
  limit: number;
  sort: ProjectSort;
  descending: boolean;
}

const idsPerQuery = 500;

/**
 * Which projects a database holds, read from the database itself at each call. While a restore exchanges the database, a
 * call waits; DomainError `maintenance` when that takes too long.
 */
@Injectable()
export class ProjectDirectory {
  constructor(
    private readonly databases: DatabasesService,
    private readonly maintenance: MaintenanceService,
  ) {}

  async exists(database: string, id: string): Promise<boolean> {
    return (await this.find(database, id)) !== null;
  }

  async find(database: string, id: string): Promise<Project | null> {
    const [project] = await this.findMany(database, [id]);
    return project ?? null;
  }

  /** The root key that an id names, whether or not such a row exists; null when no row can have it. */
  async rootKey(database: string, id: string): Promise<Cell> {
    const root = await this.#root(database);
    return root && keyCell(root, id);
  }

  /** The id that a root key is named by. */
  idOf(key: Cell): string {
    return idOfKey(key) ?? '';
  }

  /** The column that names projects for people; the key when there is none, null without a usable root table. */
  async nameColumn(database: string): Promise<string | null> {
    const root = await this.#root(database);
    return root && root.nameColumn;
  }

  /** Those of the ids that exist, in no particular order. */
  async findMany(database: string, ids: readonly string[]): Promise<Project[]> {
    const root = await this.#root(database);
    if (!root) return [];
    const wanted = new Map(ids.map((id) => [id, keyCell(root, id)]));
    const cells = [...wanted.values()].filter((cell) => cell !== null);
    const found = await this.#read(database, async (reader) => {
      const rows: Row[] = [];
      for (let start = 0; start < cells.length; start += idsPerQuery) {
        const some = cells.slice(start, start + idsPerQuery);
        rows.push(
          ...(await reader.list({
            ...columnsOf(root),
            anyOf: { column: root.key, cells: some },
            orderBy: [root.key],
            limit: some.length * 2,
          })),
        );
      }
      return rows;
    });
    // A database may take `abc` for `ABC`; we do not.
    return found.map(toProject).filter(({ id }) => wanted.has(id));
  }

  /** A page of all projects. The engines list upwards only, so a descending page is cut from the end and turned. */
  async list(database: string, page: ProjectPage): Promise<{ projects: Project[]; total: number }> {
    const root = await this.#root(database);
    if (!root) return { projects: [], total: 0 };
    return this.#read(database, async (reader) => {
      const total = await reader.count(root.table);
      const limit = Math.max(0, Math.min(page.limit, total - page.offset));
      const offset = page.descending ? total - page.offset - limit : page.offset;
      const orderBy = page.sort === 'id' ? [root.key] : [root.nameColumn, root.key];
      const rows = limit === 0 ? [] : await reader.list({ ...columnsOf(root), orderBy, limit, offset });
      const projects = rows.map(toProject);
      return { projects: page.descending ? projects.reverse() : projects, total };
    });
  }

  /** Whether ids are whole numbers here; null when there is no usable root table, or the database is away. */
  async idsAreIntegers(database: string): Promise<boolean | null> {
    const root = await this.#root(database).catch(() => null);
    return root && root.keyKind === 'integer';
  }

  async #root(database: string): Promise<RootTable | null> {
    const { engine, scopeRules } = this.databases.get(database);
    await this.maintenance.pass(database);
    return findRootTable(await engine.rows.schema(), scopeRules.root, scopeRules.nameColumn);
  }

  #read<T>(database: string, work: (reader: RowReader) => Promise<T>): Promise<T> {
    return this.databases.get(database).engine.rows.snapshot(work);
  }
}

function columnsOf({ table, key, nameColumn }: RootTable): Pick<ListQuery, 'table' | 'columns'> {
  return { table, columns: [key, nameColumn] };
}

function toProject([key, name]: Row): Project {
  const id = idOfKey(key) ?? '';
  return { id, name: cellText(name) ?? id };
}
