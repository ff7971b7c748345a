import { execa } from 'execa';
import { jwtSecret } from './app.js';
import { grown } from './grown.js';

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
  const shared = await grown(settings['HOLDFAST_DATA_DIR'] ?? `${folder}/data`);
  const { exitCode, stdout, stderr } = await startCommand(folder, { ...shared, ...settings }, ...words);
  return { code: exitCode ?? -1, out: stdout, err: stderr };
}

/** Still running: for signals. Takes its settings as they are, without `grown`. */
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
