import { formatBytes } from '../../common/sizes.js';
import { FullBackupsService } from '../../full-backups/full-backups.service.js';
import { ProjectBackupsService } from '../../project-backups/project-backups.service.js';
import { backupRow } from '../backup-row.js';
import { type AddCommand, type ProjectOption, projectOption } from './command.types.js';

interface BackupOptions extends ProjectOption {
  description?: string | null;
  documents?: boolean;
}

export const addBackup: AddCommand = (program, run) => {
  program
    .command('backup')
    .description('make a backup of the database, or of one project')
    .option(...projectOption)
    .option('--description <text>', 'a note for people')
    .option('--documents', 'of the database: with the files of the document folders')
    .action(({ project, description = null, documents: withDocuments = false }: BackupOptions) =>
      run(async ({ session, output, database }) => {
        const { caller } = session;
        const job =
          project === undefined
            ? session
                .get(FullBackupsService)
                .create(database, { description, withDocuments }, caller, (made) => made)
            : session
                .get(ProjectBackupsService)
                .create(database, project, description, caller, (made) => made);
        const backup = await session.finish(await job);
        for (const warning of backup.contents?.warnings ?? []) output.warn(warning);
        output.result(
          backupRow(backup, 'present'),
          `${backup.filename}  ${formatBytes(backup.size ?? 0)}  sha256 ${backup.sha256 ?? ''}`,
        );
      }),
    );
};
