import { DomainError } from '../../common/errors.js';
import { FullBackupsService } from '../../full-backups/full-backups.service.js';
import type { RestoreChoice } from '../../full-backups/full-backups.types.js';
import {
  ProjectBackupsService,
  type ProjectRestoreRequest,
} from '../../project-backups/project-backups.service.js';
import { mustBeSure } from '../confirmation.js';
import { whereabouts } from '../whereabouts.js';
import { type AddCommand, type Context, type ProjectOption, projectOption } from './command.types.js';
import { addRestoreOptions, choicesIn, type RestoreProjectOptions } from './restore-options.js';

interface RestoreOptions extends ProjectOption, RestoreProjectOptions {
  yes?: boolean;
  keepNothing?: boolean;
  documents: boolean;
}

export const addRestore: AddCommand = (program, run) => {
  const command = program
    .command('restore')
    .description('put a backup in place; what it replaces is kept as an undo')
    .argument('<filename>', 'as `list` shows it')
    .option(...projectOption)
    .option('--yes', 'do not ask')
    .option('--no-documents', 'leave the documents as they are')
    .option('--keep-nothing', 'for a live database that is broken: drop it, and keep no undo');
  addRestoreOptions(command).action((filename: string, options: RestoreOptions) =>
    run(async (context) => {
      const { project, yes = false, keepNothing = false, documents: withDocuments } = options;
      const { mode, table, within, missing } = options;
      if (keepNothing && project !== undefined) throw onlyForDatabases();
      const said = { mode, table, within, missing };
      const [option] = Object.entries(said).find(([, value]) => value !== undefined) ?? [];
      if (option !== undefined && project === undefined) throw onlyForProjects(option);
      const part = project === undefined ? 'the whole database' : `project ${project} in the database`;
      const of = `${part} ${whereabouts(context)}`;
      const lost = keepNothing ? ' What is there now is dropped for good.' : '';
      await mustBeSure(`Replace the rows of ${of} by those of ${filename}?${lost}`, yes);
      if (project === undefined) await restoreDatabase(context, { filename, keepNothing, withDocuments });
      else await restoreProject(context, project, { filename, choices: choicesIn(options), withDocuments });
    }),
  );
};

async function restoreDatabase({ session, output, database }: Context, choice: RestoreChoice): Promise<void> {
  const { filename } = choice;
  const service = session.get(FullBackupsService);
  const job = await service.restore(database, choice, session.caller, (report) => report);
  const { undo, notes } = await session.finish(job);
  for (const note of notes) output.warn(note);
  const back = undo ? `To go back: undo put-back ${undo.id}` : 'Nothing of what was live was kept.';
  output.result(
    { restored_from: filename, undo_id: undo?.id ?? null, notes },
    `Restored from ${filename}. ${back}`,
  );
}

function onlyForDatabases(): DomainError {
  return new DomainError('bad-input', '--keep-nothing is for a whole database; leave out --project.');
}

function onlyForProjects(option: string): DomainError {
  return new DomainError('bad-input', `--${option} is for a project; name it with --project.`);
}

async function restoreProject(
  { session, output, database }: Context,
  project: string,
  request: ProjectRestoreRequest,
): Promise<void> {
  const { filename } = request;
  const service = session.get(ProjectBackupsService);
  const job = await service.restore(database, project, request, session.caller, (report) => report);
  const { undo, tables, whenEmpty } = await session.finish(job);
  const back = undo
    ? `To go back: restore --project ${project} ${undo.filename}`
    : 'The project did not exist.';
  output.result(
    { restored_from: filename, undo_filename: undo?.filename ?? null, tables, when_empty: whenEmpty },
    `Restored project ${project} from ${filename}. ${back}`,
  );
}
