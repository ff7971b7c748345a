import { Command, CommanderError } from 'commander';
import { isDomainError } from '../common/errors.js';
import { SettingsError } from '../config/settings.js';
import { addAudit } from './commands/audit.js';
import { addBackup } from './commands/backup.js';
import { addCatalog } from './commands/catalog.js';
import { addDatabases } from './commands/databases.js';
import { addList } from './commands/list.js';
import { addRestore } from './commands/restore.js';
import { addCopy } from './commands/copy.js';
import { addScope } from './commands/scope.js';
import { addUndo } from './commands/undo.js';
import { addVerify } from './commands/verify.js';
import type { Run } from './commands/command.types.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { Output } from './output.js';
import { type Door, Session } from './session.js';

const about =
  'Backs up and restores without the HTTP service, with the same settings (environment and .env) and the same safety. ' +
  'Works beside a running service, and without its catalogue.';

const codes = `
Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 not found, 4 busy, 5 backup damaged or unfit, or audit log changed,
6 database, program or folder not reachable, 7 no space, 130 interrupted.`;

/** The command line for the worst night. Resolves to the exit code; never throws. */
export async function runCommandLine(argv: readonly string[], door: Door): Promise<number> {
  const { out, err } = door.streams ?? { out: process.stdout, err: process.stderr };
  const program = new Command('holdfast')
    .description(about)
    .option('--json', 'results as JSON on stdout')
    .option('--database <name>', 'the registered database', 'default')
    .option('--no-catalog', 'work from the backup folder alone')
    .addHelpText('after', codes)
    .showHelpAfterError('(--help tells what there is)')
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .exitOverride();
  const run: Run = async (work) => {
    const { json = false, database, catalog } = program.opts<GlobalOptions>();
    const output = new Output(json, out, err);
    const session = await Session.open(door, output, { catalog });
    const stop = closeOnSignal(session);
    try {
      await work({ session, output, database });
    } finally {
      stop();
      await session.close();
    }
  };
  for (const add of [
    addBackup,
    addList,
    addRestore,
    addCopy,
    addVerify,
    addUndo,
    addScope,
    addCatalog,
    addDatabases,
    addAudit,
  ])
    add(program, run);
  try {
    await program.parseAsync([...argv]);
    return exitCodes.done;
  } catch (error) {
    return explain(error, err);
  }
}

interface GlobalOptions {
  json?: boolean;
  database: string;
  catalog: boolean;
}

/** Closing aborts what runs, which is then undone; the job's error ends the command. */
function closeOnSignal(session: Session): () => void {
  const close = () => void session.close();
  process.once('SIGINT', close).once('SIGTERM', close);
  return () => void process.off('SIGINT', close).off('SIGTERM', close);
}

function explain(error: unknown, err: NodeJS.WritableStream): number {
  // Commander has written its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const say = (sentence: string) => err.write(`${sentence}\n`);
  if (error instanceof SettingsError) {
    say(error.message);
    return exitCodes.usage;
  }
  if (isDomainError(error)) {
    say(error.detail);
    return exitCodeOf[error.code];
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodes.failed;
}
