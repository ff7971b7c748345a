import { CatalogService } from '../../catalog/catalog.service.js';
import { backupRow } from '../backup-row.js';
import { type AddCommand, type ProjectOption, projectOption } from './command.types.js';

/** Far more than retention ever keeps. */
const all = { offset: 0, limit: 100_000 };

export const addList: AddCommand = (program, run) => {
  program
    .command('list')
    .description('show the backups of the database, or of one project, newest first')
    .option(...projectOption)
    .action(({ project }: ProjectOption) =>
      run(async ({ session, output, database }) => {
        const catalog = session.get(CatalogService);
        const scope = project === undefined ? { database } : { database, projectId: project };
        const [backups] = await catalog.list(scope, all);
        output.table(
          backups.map(({ backup, state }) => backupRow(backup, state)),
          ['filename', 'created_at', 'size', 'state', 'verified', 'origin', 'description'],
          `There are no backups in ${catalog.folder(scope)}`,
        );
        for (const { path, reason } of await catalog.unlisted(scope))
          output.warn(`Not a backup: ${path}: ${reason}`);
      }),
    );
};
