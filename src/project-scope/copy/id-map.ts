import type { Readable } from 'node:stream';
import type { Cell } from '../../engines/rows.types.js';
import { parseRow } from '../diff-table.js';
import { ProjectFileReader } from '../read-project-file.js';
import { type IdFunction, idMaker } from './id-functions.js';

export interface IdPair {
  table: string;
  column: string;
  old: Cell;
  new: Cell;
}

/** Every id of a project file that became another one in a copy, in the order of the file. */
export async function* idMap(
  file: Readable,
  functions: readonly IdFunction[],
  secret: string,
): AsyncGenerator<IdPair> {
  const reader = new ProjectFileReader(file);
  try {
    await reader.header();
    for (let head = await reader.nextTable(); head !== null; head = await reader.nextTable()) {
      const { name, columns } = head;
      const sources = functions.flatMap((one) =>
        one.sources
          .filter((source) => source.table === name && columns.includes(source.column))
          .map(({ column }) => ({ column, at: columns.indexOf(column), make: idMaker(one, secret) })),
      );
      for (let line = await reader.nextRow(); line !== null; line = await reader.nextRow()) {
        if (sources.length === 0) continue;
        const row = parseRow(line, head);
        for (const { column, at, make } of sources) {
          const old = row[at] ?? null;
          const fresh = make(old);
          if (JSON.stringify(fresh) !== JSON.stringify(old)) yield { table: name, column, old, new: fresh };
        }
      }
    }
  } finally {
    await reader.close();
  }
}
