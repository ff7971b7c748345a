import type { Readable } from 'node:stream';
import { damagedFile, type ProjectFileHeader } from './project-file.js';
import { ProjectFileReader } from './read-project-file.js';

export interface InspectedProjectFile {
  header: ProjectFileHeader;
  tables: { name: string; rows: number }[];
}

/** Reads a project file to its end: layout, totals and digest. Throws DomainError `artefact-damaged` with the place. */
export async function inspectProjectFile(stream: Readable): Promise<InspectedProjectFile> {
  const file = new ProjectFileReader(stream);
  try {
    const header = await file.header();
    const tables: InspectedProjectFile['tables'] = [];
    for (let table = await file.nextTable(); table !== null; table = await file.nextTable()) {
      let rows = 0;
      while ((await file.nextRow()) !== null) rows += 1;
      tables.push({ name: table.name, rows });
    }
    const totals = await file.end();
    for (const { name, rows } of tables) {
      if (totals[name] !== rows)
        throw damagedFile(`it has ${rows} rows of ${name}, but its totals say ${totals[name] ?? 'nothing'}`);
    }
    return { header, tables };
  } finally {
    await file.close();
  }
}
