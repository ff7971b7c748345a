import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '../../support/service-process.js';
import { JobWatch, type Phase } from './phases.js';

export interface ServiceAnswer {
  status: number;
  // What a test expects of a body is what it says in its assertions.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** The built service on a folder of its own, to be killed, frozen and started again. Every caller is superadmin. */
export class MortalService {
  #process: ServiceProcess;
  #watch: JobWatch;

  private constructor(
    readonly folder: string,
    private readonly settings: Record<string, string>,
    process: ServiceProcess,
  ) {
    this.#process = process;
    this.#watch = new JobWatch(this.#dataFolder);
  }

  static async start(settings: Record<string, string>): Promise<MortalService> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-mortal-'));
    const all = { HOLDFAST_AUTH: 'disabled', HOLDFAST_SHUTDOWN_SECONDS: '0', ...settings };
    return new MortalService(folder, all, await ServiceProcess.start(folder, all));
  }

  get url(): string {
    return this.#process.url;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get backups(): string {
    return this.settings['HOLDFAST_BACKUP_DIR'] ?? join(this.folder, 'backups');
  }

  get workFolder(): string {
    return join(this.#dataFolder, 'work');
  }

  get #dataFolder(): string {
    return this.settings['HOLDFAST_DATA_DIR'] ?? join(this.folder, 'data');
  }

  signal(signal: NodeJS.Signals): Promise<void> {
    return this.#process.kill(signal);
  }

  freeze(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Kills what is left of it and starts it again on the same folder. */
  async restart(): Promise<void> {
    await this.#process.kill();
    this.#process = await ServiceProcess.start(this.folder, this.settings);
  }

  async call(method: string, path: string, body?: unknown, headers = {}): Promise<ServiceAnswer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Begins long work; the id of its job. */
  async begin(path: string, body: unknown = {}): Promise<string> {
    const answer = await this.call('POST', path, body, { Prefer: 'respond-async' });
    if (answer.status !== 202)
      throw new Error(`${path} gave ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body.job_id;
  }

  /** Does the work once without a fault. */
  async measure(path: string, body: unknown = {}): Promise<Phase[]> {
    return this.#watch.measure(await this.begin(path, body));
  }

  get jobs(): JobWatch {
    return this.#watch;
  }

  async remove(): Promise<void> {
    this.#watch.close();
    await this.#process.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
