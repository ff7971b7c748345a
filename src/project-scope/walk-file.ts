import type { Readable } from 'node:stream';
import { mustFitPlan } from './fit.js';
import { damagedFile } from './project-file.js';
import { ProjectFileReader } from './read-project-file.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';

export interface FileOfPlan {
  plan: ScopePlan;
  /** The file from its beginning; a fresh stream for each call. */
  openFile(): Promise<Readable>;
}

/** Walks through the file's tables, which must be the plan's, in its order. */
export async function walkFile(
  { plan, openFile }: FileOfPlan,
  visit: (file: ProjectFileReader, table: OwnedTable, index: number) => Promise<void>,
): Promise<void> {
  const file = new ProjectFileReader(await openFile());
  try {
    mustFitPlan(await file.header(), plan);
    for (const [index, table] of plan.owned.entries()) {
      const head = await file.nextTable();
      if (head?.name !== table.name || JSON.stringify(head.columns) !== JSON.stringify(table.columns)) {
        throw damagedFile(`the table ${table.name} is not where it should be`);
      }
      await visit(file, table, index);
    }
    if ((await file.nextTable()) !== null) throw damagedFile('it holds a table that is not the project’s');
    await file.end();
  } finally {
    await file.close();
  }
}
