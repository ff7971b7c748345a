import { readFile } from 'node:fs/promises';

interface ProjectFile {
  tables: { name: string; columns: string[]; rows: unknown[][] }[];
}

/** A column of a table in a project backup, in the order of the file; a backup is one JSON document. */
export async function rowsOf(path: string, table: string, column: string): Promise<unknown[]> {
  const { tables } = JSON.parse(await readFile(path, 'utf8')) as ProjectFile;
  const found = tables.find(({ name }) => name === table);
  return found?.rows.map((row) => row[found.columns.indexOf(column)]) ?? [];
}
