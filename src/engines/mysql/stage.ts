import { createWriteStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { RestoreSource } from '../engine.types.js';
import { type Loader, loadSql } from './load.js';
import { distributeParts } from './parts.js';
import { definitionFile, type Definitions } from './stored-objects.js';

/**
 * Reads the artefact once: its tables go into the staging schema, the other parts into files. Nothing is gathered in
 * memory. Throws DomainError `artefact-damaged` when the artefact is not as long as its manifest says.
 */
export async function loadStaging(
  source: RestoreSource,
  loader: Loader,
  schema: string,
  folder: string,
): Promise<Definitions> {
  const definitions = {
    folder,
    parts: source.parts.map(({ name }) => name).filter((name) => name !== 'tables'),
  };
  const tables = new PassThrough();
  const loaded = loadSql(loader, schema, tables);
  // The load's own error is the one that counts; the reading stops with it.
  const stopped = loaded.then(
    () => undefined,
    (error: Error) => void tables.destroy(error),
  );
  try {
    const sinkOf = (name: string) =>
      name === 'tables' ? tables : createWriteStream(definitionFile(definitions, name), { mode: 0o600 });
    await distributeParts(source, sinkOf, loader.signal);
  } catch (error) {
    tables.destroy(error as Error);
    await stopped;
    await loaded;
    throw error;
  }
  await loaded;
  return definitions;
}
