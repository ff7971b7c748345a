import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { adminEmail, adminPassword, jwtSecret } from './app.js';
import { grown } from './grown.js';

/** The built service in a process of its own, which a test may kill. */
export class ServiceProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** Starts `dist/main.js` with its data and backups in `folder`; resolves when it listens. */
  static async start(folder: string, settings: Record<string, string>): Promise<ServiceProcess> {
    const dataFolder = settings['HOLDFAST_DATA_DIR'] ?? `${folder}/data`;
    const shared = await grown(dataFolder);
    const child = spawn(process.execPath, ['dist/main.js'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        HOLDFAST_DATA_DIR: dataFolder,
        HOLDFAST_BACKUP_DIR: `${folder}/backups`,
        HOLDFAST_JWT_SECRET: jwtSecret,
        HOLDFAST_ADMIN_EMAIL: adminEmail,
        HOLDFAST_ADMIN_PASSWORD: adminPassword,
        ...shared,
        ...settings,
      },
    });
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
      if (!url) continue;
      child.stdout.resume();
      return new ServiceProcess(url, child);
    }
    throw new Error(`The service did not start: ${said.slice(-5).join('\n')}`);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }

  /** Calls as the superadmin; null when the service went away meanwhile. */
  async call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown } | null> {
    try {
      const login = await fetch(`${this.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: adminEmail, password: adminPassword }),
      });
      const { access_token } = (await login.json()) as { access_token: string };
      const response = await fetch(this.url + path, {
        method,
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      return null;
    }
  }
}
