import { join } from 'node:path';
import { DomainError, isDomainError } from '../../common/errors.js';
import type { Check, RestoreSource, WorkOptions } from '../engine.types.js';
import { mustMatch } from './compare.js';
import { asDomainError } from './connection.js';
import { mustHaveSpace } from './free-space.js';
import type { Inspection } from './inspect-job.js';
import { removeDatabase } from './sqlite-file.js';
import { inspectStaging, lengthOf, writeArtefact } from './stage.js';

/** Opens a private copy of the artefact: it is a database that is sound and holds what its manifest says. */
export async function inspectArtefact(source: RestoreSource, options: WorkOptions): Promise<Check[]> {
  const found = await openCopy(source, options);
  return [
    { name: 'integrity', detail: "SQLite's integrity check finds nothing, indexes included." },
    { name: 'tables', detail: sayTables(found) },
  ];
}

/**
 * A restore copies the file's pages and translates nothing, so that a sound copy with the right hash is what there will
 * be. What is left to say is which foreign keys point to nothing: they do so in the database, too.
 */
export async function rehearseArtefact(source: RestoreSource, options: WorkOptions): Promise<Check[]> {
  const found = await openCopy(source, options);
  const dangling = found.dangling ?? 0;
  return [
    { name: 'loaded', detail: `A copy could be opened. ${sayTables(found)}` },
    {
      name: 'foreign-keys',
      detail:
        dangling === 0
          ? 'Every foreign key points to a row.'
          : `${dangling} rows refer to rows that are not there, as they did in the database: SQLite lets them.`,
    },
  ];
}

async function openCopy(source: RestoreSource, { id, workFolder, signal }: WorkOptions): Promise<Inspection> {
  const copy = join(workFolder, `verify-${id}.db`);
  try {
    await mustHaveSpace([{ folder: workFolder, bytes: lengthOf(source) }]);
    await writeArtefact(source, copy, signal);
    const found = await inspectStaging({ path: copy, check: 'full' }, signal);
    mustMatch(found, source.contents);
    return found;
  } catch (error) {
    signal?.throwIfAborted();
    throw asDamage(error);
  } finally {
    await removeDatabase(copy);
  }
}

/** The copy is ours alone: what does not fit is not the database's fault. */
function asDamage(error: unknown): DomainError {
  if (!isDomainError(error)) return asDomainError(error, 'the copy of the backup');
  if (error.code !== 'artefact-unfit') return error;
  return new DomainError('artefact-damaged', error.detail, { cause: error });
}

function sayTables({ tables, views, triggers }: Inspection): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${tables.length} tables with ${rows} rows, ${views.length} views, ${triggers.length} triggers, as the manifest says.`;
}
