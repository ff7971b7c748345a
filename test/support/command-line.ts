import { execa } from 'execa';
import { jwtSecret } from './app.js';

export interface CommandOutcome {
  code: number;
  out: string;
  err: string;
}

/** Runs `dist/cli.js` with its data and backups in `folder`, and nothing else from the environment. */
export async function commandLine(
  folder: string,
  settings: Record<string, string>,
  ...words: string[]
): Promise<CommandOutcome> {
  const { exitCode, stdout, stderr } = await startCommand(folder, settings, ...words);
  return { code: exitCode ?? -1, out: stdout, err: stderr };
}

/** As `commandLine`, still running: for signals. */
export function startCommand(folder: string, settings: Record<string, string>, ...words: string[]) {
  return execa(process.execPath, ['dist/cli.js', ...words], {
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    env: {
      PATH: process.env['PATH'],
      HOLDFAST_DATA_DIR: `${folder}/data`,
      HOLDFAST_BACKUP_DIR: `${folder}/backups`,
      HOLDFAST_JWT_SECRET: jwtSecret,
      ...settings,
    },
  });
}
