import { FullBackupsService } from '../../full-backups/full-backups.service.js';
import { RecoveryService } from '../../full-backups/recovery.service.js';
import type { UndoEntity } from '../../full-backups/undo.entity.js';
import { UndosService } from '../../full-backups/undos.service.js';
import { mustBeSure } from '../confirmation.js';
import type { Session } from '../session.js';
import { whereabouts } from '../whereabouts.js';
import type { AddCommand, Context } from './command.types.js';

export const addUndo: AddCommand = (program, run) => {
  const undo = program.command('undo').description('what full restores have replaced');
  undo
    .command('list')
    .description('show what can be put back; also looks into the database for it')
    .action(() => run(list));
  undo
    .command('put-back')
    .description('put back what a restore had replaced; what is live now becomes a new undo')
    .argument('<id>')
    .option('--yes', 'do not ask')
    .action((id: string, { yes = false }: { yes?: boolean }) =>
      run(async (context) => {
        const replaced = `the whole database ${whereabouts(context)}`;
        await mustBeSure(`Replace ${replaced} by what the restore had replaced?`, yes);
        await putBack(context, id);
      }),
    );
  undo
    .command('drop')
    .description('remove an undo for good')
    .argument('<id>')
    .option('--yes', 'do not ask')
    .action((id: string, { yes = false }: { yes?: boolean }) =>
      run(async ({ session, output, database }) => {
        await mustBeSure('Remove for good what the restore had replaced?', yes);
        await known(session, database, id);
        await session.get(FullBackupsService).dropUndo(database, id, session.caller);
        output.result({ dropped: id }, 'Removed for good.');
      }),
    );
};

async function list({ session, output, database }: Context): Promise<void> {
  const undos = session.get(UndosService);
  await session.get(RecoveryService).recover();
  output.table(
    (await undos.list(database)).map(undoRow),
    ['id', 'created_at', 'expires_at', 'backup_filename'],
    'There are none.',
  );
}

async function putBack({ session, output, database }: Context, id: string): Promise<void> {
  await known(session, database, id);
  const service = session.get(FullBackupsService);
  const job = await service.putBack(database, id, session.caller, (report) => report);
  const { undo: replaced } = await session.finish(job);
  output.result(undoRow(replaced), `Put back. What was live until now: undo ${replaced.id}`);
}

/** Without its catalogue an undo is known only after a look into the database. */
async function known(session: Session, database: string, id: string): Promise<void> {
  const undos = await session.get(UndosService).list(database);
  if (!undos.some((undo) => undo.id === id)) await session.get(RecoveryService).recover();
}

function undoRow({ id, createdAt, expiresAt, backupFilename }: UndoEntity) {
  return {
    id,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    backup_filename: backupFilename,
  };
}
