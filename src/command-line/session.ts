import type { INestApplicationContext, Type } from '@nestjs/common';
import { access, constants, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Caller } from '../auth/auth.types.js';
import { isDomainError } from '../common/errors.js';
import { Settings, SettingsError } from '../config/settings.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import type { Output } from './output.js';

/** How the command line gets at the product; given from above. */
export interface Door {
  environment: Record<string, string | undefined>;
  open(settings: Settings): Promise<INestApplicationContext>;
  /** Where results go, and everything else; those of the process if left out. */
  streams?: { out: NodeJS.WritableStream; err: NodeJS.WritableStream };
}

/** The product, open for one command. */
export class Session {
  #closed: Promise<void> | undefined;

  private constructor(
    private readonly context: INestApplicationContext,
    private readonly output: Output,
    /** Of the throw-away catalogue, when there is one. */
    private readonly folder: string | null,
  ) {}

  /**
   * With the installation's catalogue; without it (asked for, or when it cannot be used) with one that is made from the
   * manifests of the backup folder and thrown away afterwards. Throws SettingsError, DomainError.
   */
  static async open(door: Door, output: Output, { catalog }: { catalog: boolean }): Promise<Session> {
    // One interruption aborts and undoes what runs; nobody waits in front of a terminal for it to end.
    const environment = {
      HOLDFAST_LOG_LEVEL: 'warn',
      ...door.environment,
      HOLDFAST_SHUTDOWN_SECONDS: '0',
    };
    if (!catalog) return this.#withoutCatalogue(door, output, environment);
    try {
      return new Session(await door.open(new Settings(environment, 'command')), output, null);
    } catch (error) {
      if (isDomainError(error) || error instanceof SettingsError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      output.warn(`The catalogue cannot be used (${why}).`);
      return this.#withoutCatalogue(door, output, environment);
    }
  }

  static async #withoutCatalogue(
    door: Door,
    output: Output,
    environment: Record<string, string | undefined>,
  ): Promise<Session> {
    output.warn(
      'Working from the backup folder alone: what this command does is in no catalogue and in no audit log.',
    );
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
    const HOLDFAST_CATALOG_URL = `sqlite:${join(folder, 'catalog.db')}`;
    const settings = new Settings({ ...environment, HOLDFAST_CATALOG_URL }, 'command');
    // Working files may be large; the system's temporary folder is only for when there is no other.
    if (!(await isUsable(settings.env.HOLDFAST_DATA_DIR))) settings.env.HOLDFAST_DATA_DIR = folder;
    return new Session(await door.open(settings), output, folder);
  }

  get<T>(service: Type<T>): T {
    return this.context.get(service, { strict: false });
  }

  /** Whether it is the installation's, and not one to be thrown away. */
  get hasCatalogue(): boolean {
    return this.folder === null;
  }

  /** Who asks: whoever may run programs with these settings may do everything. */
  get caller(): Caller {
    return { id: 0, email: 'cli', name: `cli (${userInfo().username})`, role: 'superadmin', via: 'cli' };
  }

  /** Waits for a job, telling its phases. */
  async finish<T>(job: StartedJob<T>): Promise<T> {
    const jobs = this.get(JobsService);
    let told: string | null = null;
    const timer = setInterval(() => {
      void jobs.find(job.id).then((row) => {
        if (row?.phase && row.phase !== told) this.output.progress((told = row.phase));
      });
    }, 200);
    try {
      return await job.done;
    } finally {
      clearInterval(timer);
    }
  }

  /** Aborts what runs. May be called twice: by a signal, and at the end. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.context.close();
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }
}

function isUsable(folder: string): Promise<boolean> {
  return mkdir(folder, { recursive: true })
    .then(() => access(folder, constants.W_OK))
    .then(
      () => true,
      () => false,
    );
}
