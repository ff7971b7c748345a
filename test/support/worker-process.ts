import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { jwtSecret } from './app.js';
import { grown } from './grown.js';

/** A built worker in a process of its own, which a test may kill. */
export class WorkerProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts `dist/worker.js` with its data and backups in `folder`; resolves when it works. */
  static async start(folder: string, settings: Record<string, string>): Promise<WorkerProcess> {
    const dataFolder = settings['HOLDFAST_DATA_DIR'] ?? `${folder}/data`;
    const shared = await grown(dataFolder);
    const child = spawn(process.execPath, ['dist/worker.js'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOLDFAST_DATA_DIR: dataFolder,
        HOLDFAST_BACKUP_DIR: `${folder}/backups`,
        HOLDFAST_JWT_SECRET: jwtSecret,
        ...shared,
        ...settings,
      },
    });
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (!line.includes('Holdfast works')) continue;
      child.stdout.resume();
      return new WorkerProcess(child);
    }
    throw new Error(`The worker did not start: ${said.slice(-5).join('\n')}`);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}
