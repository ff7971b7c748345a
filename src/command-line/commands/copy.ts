import { InvalidArgumentError } from 'commander';
import { copyChoicesOf, ProjectCopiesService } from '../../project-backups/copies/project-copies.service.js';
import type { AddCommand } from './command.types.js';

/** By `table.column`. */
type Affixes = Record<string, string>;

interface CopyOptions {
  project: string;
  name?: string;
  as?: string;
  prefix: Affixes;
  suffix: Affixes;
}

export const addCopy: AddCommand = (program, run) => {
  program
    .command('copy')
    .description('make a new project of a backup, with new ids, beside the original')
    .argument('<filename>', 'as `list --project` shows it')
    .requiredOption('--project <id>', 'of which the backup is')
    .option('--name <name>', 'of the new project')
    .option('--as <id>', 'the key of the new project, where keys are texts')
    .option('--prefix <column=text>', 'what to put before texts that may be there once', gather, {})
    .option('--suffix <column=text>', 'what to put behind them', gather, {})
    .action((filename: string, { project, name, as, prefix, suffix }: CopyOptions) =>
      run(async ({ session, output, database }) => {
        const choices = copyChoicesOf({
          ...(name !== undefined && { name }),
          ...(as !== undefined && { project_id: as }),
          rename: renamings(prefix, suffix),
        });
        const service = session.get(ProjectCopiesService);
        const job = await service.start(
          database,
          project,
          { filename, choices },
          session.caller,
          (report) => report,
        );
        const { copy, tables, whenEmpty } = await session.finish(job);
        output.result(
          {
            copied_from: filename,
            project_id: copy.newProjectId,
            project_name: copy.newProjectName,
            copy_id: copy.id,
            tables,
            when_empty: whenEmpty,
          },
          `Copied project ${project} from ${filename}: the new one is ${copy.newProjectId}.`,
        );
      }),
    );
};

function gather(said: string, before: Affixes): Affixes {
  const [, column, text] = /^([^=]+)=(.+)$/.exec(said) ?? [];
  if (column === undefined || text === undefined)
    throw new InvalidArgumentError('Say it as table.column=text.');
  return { ...before, [column]: text };
}

function renamings(prefix: Affixes, suffix: Affixes): Record<string, object> {
  const columns = new Set([...Object.keys(prefix), ...Object.keys(suffix)]);
  return Object.fromEntries(
    [...columns].map((column) => [
      column,
      {
        ...(prefix[column] !== undefined && { prefix: prefix[column] }),
        ...(suffix[column] !== undefined && { suffix: suffix[column] }),
      },
    ]),
  );
}
