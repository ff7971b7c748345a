import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DomainError } from '../common/errors.js';
import type { Cell, Row, RowReader, RowSelection } from '../engines/rows.types.js';
import { idsIn, type JsonId, keyOfId } from './json-ids.js';
import { type JsonPath, jsonPath } from './json-spans.js';
import { nameRow, selectionOf } from './project-rows.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';
import { Spool } from './spool.js';

const batchIds = 500;
const batchCharacters = 1024 * 1024;
const namedAtMost = 5;

/** A path that is declared to lead to keys of a table of the project. */
interface Checked {
  position: number;
  path: JsonPath;
  says: string;
  keyType: string;
  /** The rows to which its ids may lead. */
  target: RowSelection;
}

/** An id in a working file: which path it is from, what it is, and the row in which it stands. */
type Line = [checked: number, id: JsonId, row: string];

/**
 * The ids in the documents of one table's rows, kept in a working file until nothing else is being read: then those are
 * found that lead to rows of others. Memory does not grow with the rows.
 */
export class JsonLeaks {
  readonly #checked: Checked[];
  readonly #spool: Spool;

  /** `table` with the columns that its rows will have here, in their order. */
  constructor(
    plan: ScopePlan,
    private readonly table: OwnedTable,
    rootKey: Cell,
    workFolder: string,
  ) {
    this.#checked = checkedOf(plan, table, rootKey);
    this.#spool = new Spool(join(workFolder, `${createHash('sha256').update(table.name).digest('hex')}.ids`));
  }

  /** False when there is nothing to look for; then no row need be added. */
  get concern(): boolean {
    return this.#checked.length > 0;
  }

  async add(row: Row): Promise<void> {
    for (const [at, { position, path, keyType }] of this.#checked.entries()) {
      const document = row[position];
      if (typeof document !== 'string') continue;
      for (const found of idsIn(document, path)) {
        const id = keyOfId(found, keyType);
        if (id !== null) await this.#spool.add(JSON.stringify([at, id, nameRow(this.table, row)]));
      }
    }
  }

  /** Ends the adding. Call it whatever happens. */
  end(): Promise<void> {
    return this.#spool.end();
  }

  /** A sentence for each path that leads out of the project. Call when nothing else is being read. */
  async sentences(reader: RowReader): Promise<string[]> {
    const named = this.#checked.map((): string[] => []);
    for await (const texts of this.#spool.batches(batchIds, batchCharacters)) {
      const lines = texts.map((text) => JSON.parse(text) as Line);
      for (const [at, { target }] of this.#checked.entries()) {
        const its = lines.filter(([checked]) => checked === at);
        for (const [, id, row] of await leadingOut(reader, target, its)) {
          if ((named[at]?.length ?? 0) < namedAtMost) named[at]?.push(`${row} (${JSON.stringify(id)})`);
        }
      }
    }
    return this.#checked.flatMap(({ says, target }, at) => {
      const rows = named[at] ?? [];
      if (rows.length === 0) return [];
      return [
        `Rows of ${this.table.name} name in JSON (${says}) rows of ${target.table} that are not this project's: ` +
          `${rows.join('; ')}.`,
      ];
    });
  }
}

/** Of the rows that are there: a sentence for each declared path that leads out of the project. */
export async function* jsonLeaks(
  reader: RowReader,
  plan: ScopePlan,
  rootKey: Cell,
  workFolder: string,
): AsyncGenerator<string> {
  for (const table of plan.owned) {
    const read = new Set([...table.key, ...table.jsonReferences.map(({ column }) => column)]);
    const narrow = { ...table, columns: table.columns.filter((column) => read.has(column)) };
    const leaks = new JsonLeaks(plan, narrow, rootKey, workFolder);
    if (!leaks.concern) continue;
    try {
      for await (const rows of reader.read(selectionOf(narrow, rootKey))) {
        for (const row of rows) await leaks.add(row);
      }
    } finally {
      await leaks.end();
    }
    yield* await leaks.sentences(reader);
  }
}

/** Throws DomainError `scope-leak` for the first one, with `advice` as its last words. */
export async function refuseJsonLeaks(
  reader: RowReader,
  plan: ScopePlan,
  rootKey: Cell,
  { workFolder, advice }: { workFolder: string; advice: string },
): Promise<void> {
  for await (const leak of jsonLeaks(reader, plan, rootKey, workFolder)) {
    throw new DomainError('scope-leak', `${leak} ${advice}`);
  }
}

/** Only ids of owned tables can be somebody else's. */
function checkedOf(plan: ScopePlan, table: OwnedTable, rootKey: Cell): Checked[] {
  return table.jsonReferences.flatMap(({ column, path, referencedTable, referencedColumn }) => {
    const position = table.columns.indexOf(column);
    const target = plan.owned.find(({ name }) => name === referencedTable);
    const steps = jsonPath(path);
    if (position === -1 || !target || !steps) return [];
    return {
      position,
      path: steps,
      says: `${column}, ${path}`,
      keyType: target.types[target.columns.indexOf(referencedColumn)] ?? '',
      target: { ...selectionOf(target, rootKey), columns: [referencedColumn] },
    };
  });
}

async function leadingOut(reader: RowReader, target: RowSelection, lines: readonly Line[]): Promise<Line[]> {
  const ids = new Map(lines.map(([, id]) => [JSON.stringify(id), id]));
  if (ids.size === 0) return [];
  const [column = ''] = target.columns;
  const others = await reader.rowsOfOthers(target, column, [...ids.values()]);
  return others.flatMap(([key]) => {
    const exact = lines.filter(([, id]) => JSON.stringify(id) === JSON.stringify(key));
    return exact.length > 0 ? exact : lines.filter(([, id]) => isTakenFor(id, key));
  });
}

/** Where a collation takes `ABC` for `abc`, there is one row for both, and an application finds it by either. */
const collator = new Intl.Collator('en', { sensitivity: 'base' });

function isTakenFor(id: JsonId, key: Cell | undefined): boolean {
  return typeof id === 'string' && typeof key === 'string' && collator.compare(id, key) === 0;
}
