import type { Readable } from 'node:stream';
import { DomainError } from '../common/errors.js';
import { type BridgedTable, bridgeTable } from './bridge-table.js';
import { type FileRows, parseRow } from './diff-table.js';
import { fingerprint } from './fingerprint.js';
import { damagedFile, type ProjectFileHeader, type ProjectFileTable } from './project-file.js';
import { ProjectFileReader } from './read-project-file.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';
import { subsetOf } from './subset.js';

export interface FileOfPlan {
  plan: ScopePlan;
  /** The file from its beginning; a fresh stream for each call. */
  openFile(): Promise<Readable>;
  /** Whether tables that follow when empty may be filled: their rows are everybody's. Left alone if left out. */
  fillsEmpty?: boolean;
  /** Only these tables are visited; all if left out. */
  tables?: string[] | undefined;
  /** No line of it may be longer, in bytes; for files of which nobody knows yet what they are. */
  longestLine?: number;
  /** The project that it must be of, as its header says it. */
  projectId?: number | string;
  /** Each makes of the rows of a table what is to be restored, one after the other. */
  steps?: readonly RowStep[];
}

/**
 * For a table: what is made of each of its rows, as JSON text; null leaves the row out. Null for a table with which nothing is
 * done, whose rows need not be parsed then. Its key stays what it is.
 */
export type RowStep = (table: OwnedTable) => ((line: string) => string | null) | null;

type Visit = (rows: FileRows, bridged: BridgedTable) => Promise<void>;

/** Which of the tables that follow when empty are visited, and how. */
export interface VisitWhenEmpty {
  /** Those that are not among them are passed over, and need not fit. */
  tables: ReadonlySet<string>;
  visit: Visit;
}

export interface WalkedFile {
  /** As the file says them; rows by table. */
  totals: Record<string, number>;
  /** Tables that are to follow when empty, and that the scope file does not declare: their rows stay out. */
  undeclared: string[];
  /** How the file differs from the live tables, for people. */
  notes: string[];
}

/**
 * Walks through the file's tables in its order, each as the live one can take its rows (bridge-table.ts). Throws DomainError
 * `artefact-unfit` for a table that is not the project's any more, or has changed too much. Tables that follow when empty are
 * visited by `whenEmpty` alone.
 */
export async function walkFile(
  { plan, openFile, tables, longestLine, projectId, steps = [] }: FileOfPlan,
  visit: Visit,
  whenEmpty?: VisitWhenEmpty,
): Promise<WalkedFile> {
  const file = new ProjectFileReader(await openFile(), longestLine);
  try {
    const header = await file.header();
    mustBeOf(header, plan, projectId);
    const isChosen = subsetOf(plan, tables);
    const live = new Map(plan.owned.map((table) => [table.name, table]));
    const heads: ProjectFileTable[] = [];
    const notes: string[] = [];
    const undeclared: string[] = [];
    for (let head = await file.nextTable(); head !== null; head = await file.nextTable()) {
      const { name } = head;
      if (heads.some((earlier) => earlier.name === name)) throw twice(name);
      if (head.when_empty !== undefined) {
        heads.push(head);
        const table = followingTable(head, plan);
        if (!table) undeclared.push(name);
        if (!table || !whenEmpty?.tables.has(name)) {
          await passOver(file);
          continue;
        }
        const bridged = bridgeTable(head, table, header.engine);
        notes.push(...bridged.notes);
        await whenEmpty.visit(rowsOf(file, head, bridged, []), bridged);
        continue;
      }
      if (!isChosen(head.name)) {
        heads.push(head);
        live.delete(head.name);
        await passOver(file);
        continue;
      }
      const table = live.get(head.name);
      if (!table) throw gone(head.name);
      live.delete(head.name);
      const bridged = bridgeTable(head, table, header.engine);
      heads.push(head);
      notes.push(...bridged.notes);
      await visit(rowsOf(file, head, bridged, steps), bridged);
    }
    const totals = await file.end();
    if (fingerprint(heads) !== header.schema_fingerprint)
      throw damagedFile('its tables are not those of its header');
    for (const name of [...live.keys()].filter(isChosen)) {
      notes.push(
        `The table ${name} is the project's only since the backup was made; its rows stay as they are.`,
      );
    }
    notes.push(...undeclared.map(notDeclared));
    return { totals, undeclared, notes };
  } finally {
    await file.close();
  }
}

/** Undefined for a table that the scope file does not declare. Throws DomainError for one that cannot follow when empty. */
function followingTable(
  { name, when_empty: flag }: ProjectFileTable,
  plan: ScopePlan,
): OwnedTable | undefined {
  if (flag !== true) throw damagedFile(`the head of ${String(name)} says "when_empty" and not true`);
  if (!plan.owned.some((table) => table.name === name)) {
    return plan.whenEmpty.find((table) => table.name === name);
  }
  throw new DomainError(
    'artefact-unfit',
    `The backup holds ${name} as a table of everybody's, and here its rows belong to projects. Nothing was changed.`,
  );
}

function notDeclared(table: string): string {
  return (
    `The backup holds rows of ${table}, which is not declared under "when_empty" in the scope file here: they stay out, ` +
    'also where the table has none.'
  );
}

async function passOver(rows: FileRows): Promise<void> {
  while ((await rows.nextRow()) !== null);
}

function rowsOf(
  file: ProjectFileReader,
  head: ProjectFileTable,
  { table, convert }: BridgedTable,
  steps: readonly RowStep[],
): FileRows {
  const all = steps.flatMap((step) => step(table) ?? []);
  if (convert) all.unshift((line) => JSON.stringify(convert(parseRow(line, head))));
  if (all.length === 0) return file;
  const made = (line: string) =>
    all.reduce<string | null>((text, step) => (text === null ? null : step(text)), line);
  return {
    nextRow: async () => {
      for (let line = await file.nextRow(); line !== null; line = await file.nextRow()) {
        const text = made(line);
        if (text !== null) return text;
      }
      return null;
    },
  };
}

function mustBeOf(header: ProjectFileHeader, plan: ScopePlan, projectId: number | string | undefined): void {
  if (projectId !== undefined && header.project_id !== projectId) throw ofAnother(header.project_id);
  if (header.root_table === plan.rootTable) return;
  throw new DomainError(
    'artefact-unfit',
    `The file was made where ${String(header.root_table)} was the table of projects; here it is ${plan.rootTable}. Nothing ` +
      'was changed.',
  );
}

function ofAnother(projectId: unknown): DomainError {
  const whose = ['number', 'string'].includes(typeof projectId)
    ? `is a backup of the project ${JSON.stringify(projectId)}`
    : 'does not say which project it is of';
  return new DomainError('artefact-unfit', `The file ${whose}, not of this one. Nothing was changed.`);
}

function gone(table: string): DomainError {
  return new DomainError(
    'artefact-unfit',
    `The backup holds rows of the table ${table}, which is not there or not the project's any more. Nothing was changed.`,
  );
}

function twice(table: string): DomainError {
  return damagedFile(`it holds the table ${table} twice`);
}

/** Puts what was found table by table into the plan's order, parents first. */
export function inOrderOf<T>(plan: ScopePlan, found: readonly T[], tableOf: (one: T) => OwnedTable): T[] {
  const order = new Map(plan.owned.map(({ name }, index) => [name, index]));
  const place = (one: T) => order.get(tableOf(one).name) ?? 0;
  return [...found].sort((a, b) => place(a) - place(b));
}
