import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { DomainError } from '../../common/errors.js';
import { collectErrors, startProgram } from '../../common/programs.js';
import type { Dump, DumpContents, DumpPart, WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { withConnection } from './connection.js';
import { dumpArguments, type PartName } from './dump-arguments.js';
import { dumpContents } from './dump-contents.js';
import { DumpScanner } from './dump-scanner.js';
import { InvalidDates } from './invalid-dates.js';
import { writeOptionFile } from './option-file.js';
import { readServerInfo, type ServerInfo, tooOld } from './server.js';
import { readState, type SchemaState } from './schema-state.js';
import { meansLoss, toolFailed, withoutNoise } from './tool-messages.js';
import { misfit, needDumpTool, type Tool } from './tools.js';

/**
 * A dump by mysqldump or mariadb-dump in up to four parts, each a run of the tool: tables with their rows in one
 * snapshot, then what a rename cannot carry across schemas (routines and triggers, views, events), so that a restore
 * can load the one beside live and create the other after the swap. Together they are one plain SQL file.
 */
export async function openMysqlDump(address: MysqlAddress, options: WorkOptions): Promise<Dump> {
  const { server, state } = await withConnection(address, async (connection) => {
    const server = await readServerInfo(connection);
    const old = tooOld(server);
    if (old) throw new DomainError('database-refused', old);
    return { server, state: await readState(address, server) };
  });
  const tool = await needDumpTool(server.mariadb);
  const unfit = misfit(tool, server.mariadb, state.generated);
  if (unfit) throw new DomainError('dump-tool-missing', unfit);
  const optionFile = await writeOptionFile(options.workFolder, address, tool.mariadb);
  return new MysqlDump(address, server, tool, optionFile, state, options.signal);
}

class MysqlDump implements Dump {
  readonly concurrent = false;
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly parts: readonly DumpPart[];
  readonly #scanners = new Map<PartName, DumpScanner>();
  readonly #warnings: string[] = [];
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;

  constructor(
    private readonly address: MysqlAddress,
    private readonly server: ServerInfo,
    private readonly tool: Tool,
    private readonly optionFile: string,
    private readonly before: SchemaState,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    this.serverVersion = server.version;
    this.toolVersion = `${tool.name} ${tool.version}`;
    const names: PartName[] = ['tables', 'routines'];
    if (before.objects.views.length > 0) names.push('views');
    if (before.objects.events.length > 0) names.push('events');
    this.parts = names.map((name) => ({ name, open: () => this.#open(name) }));
  }

  async #open(part: PartName): Promise<Readable> {
    const args = await dumpArguments(part, {
      database: this.address.database,
      objects: this.before.objects,
      brokenViews: this.before.brokenViews,
      server: this.server,
      tool: this.tool,
    });
    const program = startProgram(
      this.tool.path,
      [`--defaults-file=${this.optionFile}`, ...args],
      this.#signal,
    );
    const errors = collectErrors(program);
    program.stdin.end();
    const scanner = new DumpScanner(part, { highWaterMark: 1024 * 1024 });
    this.#scanners.set(part, scanner);
    const dates = new InvalidDates();
    program.stdout.on('error', (error) => scanner.destroy(error));
    program.stdout.pipe(dates).pipe(scanner, { end: false });
    scanner.once('close', () => {
      dates.destroy();
      program.kill();
    });
    // The part ends only when the tool has ended well: a stream that merely stops is not a dump.
    void this.#judge(part, program, errors, dates, scanner);
    return scanner;
  }

  async #judge(
    part: PartName,
    program: ReturnType<typeof startProgram>,
    errors: () => string,
    dates: InvalidDates,
    scanner: DumpScanner,
  ): Promise<void> {
    const [result] = await Promise.all([program, finished(dates).catch(() => undefined)]);
    const said = withoutNoise(errors());
    if (result.isCanceled) scanner.destroy(new DomainError('shutting-down', 'The dump was cancelled.'));
    else if (result.failed || meansLoss(said)) scanner.destroy(toolFailed(this.tool, result.exitCode, said));
    else {
      if (said) this.#warnings.push(`${this.tool.name} (${part}): ${said}`);
      scanner.end();
    }
  }

  async finish(): Promise<DumpContents> {
    for (const [part, scanner] of this.#scanners) {
      if (!scanner.complete)
        throw new DomainError('dump-failed', `The dump of the ${part} has no end marker.`);
      if (scanner.refusals[0]) {
        throw new DomainError(
          'dump-failed',
          `The database user may not read everything: ${scanner.refusals[0]}.`,
        );
      }
    }
    const after = await readState(this.address, this.server);
    if (after.fingerprint !== this.before.fingerprint) {
      throw new DomainError(
        'dump-failed',
        'The schema was changed during the backup. Make the backup again.',
      );
    }
    const contents = dumpContents(this.before, this.#scanners.get('tables'), this.#scanners.get('views'));
    return { ...contents, warnings: [...contents.warnings, ...this.#warnings] };
  }

  abort(): Promise<void> {
    this.#stop.abort();
    return Promise.resolve();
  }
}
