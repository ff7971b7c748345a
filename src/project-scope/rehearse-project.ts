import { DomainError, isDomainError } from '../common/errors.js';
import type { DatabaseSchema, ProjectRows, ScratchPlace } from '../engines/rows.types.js';
import { restoreProject, type RestoreInput } from './restore-project.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';

export interface ProjectRehearsal extends Pick<RestoreInput, 'rootKey' | 'openFile'> {
  rows: ProjectRows;
  plan: ScopePlan;
  place: ScratchPlace;
  /** True when what refers to rows of the project must find them in the file itself, as every export does. */
  closed?: boolean;
}

/**
 * Restores the file into empty copies of its tables, by the very restore that it would be, and so reads back
 * that every row stands there and belongs to the project. Live is not touched. Returns how many rows that were.
 *
 * What the file holds is compared with itself alone: references to rows that projects share, and rows that were in two
 * projects when they were backed up, are for the restore to judge by what is live then. Throws DomainError
 * `artefact-damaged` for what does not come back as it stands in the file, `artefact-unfit` when the tables have
 * changed since, `scope-leak`, `database-unreachable`, `database-refused`.
 */
export async function rehearseProject({
  rows,
  plan,
  place,
  closed,
  ...file
}: ProjectRehearsal): Promise<number> {
  const tables = new Set(closed ? plan.owned.map(({ name }) => name) : []);
  const standAlone = <T extends OwnedTable>(table: T): T => ({
    ...table,
    // A project may stand below another one, which is not in its file: see refuse-other-parents.ts.
    foreignKeys: table.foreignKeys.filter(
      ({ referencedTable }) =>
        tables.has(referencedTable) && !(table.name === plan.rootTable && referencedTable === table.name),
    ),
    triggers: [],
    transactional: true,
  });
  const alone: ScopePlan = {
    ...plan,
    owned: plan.owned.map(standAlone),
    whenEmpty: plan.whenEmpty.map(standAlone),
  };
  const input: RestoreInput = {
    ...file,
    plan: alone,
    fillsEmpty: true,
    schema: schemaOf(alone),
    workFolder: place.workFolder,
    expectedRowsDigest: null,
  };
  const names = [...alone.owned, ...alone.whenEmpty].map(({ name }) => name);
  try {
    const restored = await rows.rehearsal(names, place, (writer) => restoreProject(writer, input));
    const added = [
      ...restored.tables.map(({ changes }) => changes.added),
      ...restored.whenEmpty.map((one) => one.added),
    ];
    return added.reduce((sum, rows) => sum + rows, 0);
  } catch (error) {
    throw asDamage(error);
  }
}

/** No table refers to any other, and nothing is set off. */
function schemaOf({ owned }: ScopePlan): DatabaseSchema {
  return {
    tables: owned.map(({ name, key, columns, types }) => ({
      name,
      columns: columns.map((column, index) => ({
        name: column,
        type: types[index] ?? '',
        nullable: true,
        generated: false,
      })),
      primaryKey: key,
      uniqueKeys: [],
      foreignKeys: [],
      triggers: [],
      transactional: true,
    })),
    routines: [],
  };
}

/** Nobody else writes into the copies: a conflict is one of the file's rows with each other. */
function asDamage(error: unknown): unknown {
  if (!isDomainError(error) || !['conflict', 'restore-failed'].includes(error.code)) return error;
  return new DomainError('artefact-damaged', `The backup cannot be restored: ${error.detail}`, {
    cause: error,
  });
}
