import type { Readable } from 'node:stream';
import { DomainError } from '../common/errors.js';
import { mustFitPlan } from './fit.js';
import { damagedFile } from './project-file.js';
import { ProjectFileReader } from './read-project-file.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';

export interface FileOfPlan {
  plan: ScopePlan;
  /** The file from its beginning; a fresh stream for each call. */
  openFile(): Promise<Readable>;
  /** No line of it may be longer, in bytes; for files of which nobody knows yet what they are. */
  longestLine?: number;
  /** The project that it must be of, as its header says it. */
  projectId?: number | string;
}

/** Walks through the file's tables, which must be the plan's, in its order. Returns the file's totals, rows by table. */
export async function walkFile(
  { plan, openFile, longestLine, projectId }: FileOfPlan,
  visit: (file: ProjectFileReader, table: OwnedTable, index: number) => Promise<void>,
): Promise<Record<string, number>> {
  const file = new ProjectFileReader(await openFile(), longestLine);
  try {
    const header = await file.header();
    if (projectId !== undefined && header.project_id !== projectId) throw ofAnother(header.project_id);
    mustFitPlan(header, plan);
    for (const [index, table] of plan.owned.entries()) {
      const head = await file.nextTable();
      if (head?.name !== table.name || JSON.stringify(head.columns) !== JSON.stringify(table.columns)) {
        throw damagedFile(`the table ${table.name} is not where it should be`);
      }
      await visit(file, table, index);
    }
    if ((await file.nextTable()) !== null) throw damagedFile('it holds a table that is not the project’s');
    return await file.end();
  } finally {
    await file.close();
  }
}

function ofAnother(projectId: unknown): DomainError {
  const whose = ['number', 'string'].includes(typeof projectId)
    ? `is a backup of the project ${JSON.stringify(projectId)}`
    : 'does not say which project it is of';
  return new DomainError('artefact-unfit', `The file ${whose}, not of this one. Nothing was changed.`);
}
