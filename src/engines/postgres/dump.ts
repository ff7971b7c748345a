import type { Readable } from 'node:stream';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import type { PostgresAddress } from '../../config/postgres-url.js';
import type { Dump, DumpContents, DumpPart, WorkOptions } from '../engine.types.js';
import { connect, type Connection, disconnect, isLost, select, unreachable } from './connection.js';
import { type DatabaseObjects, listObjects } from './database-objects.js';
import { definitionsHash } from './definitions-hash.js';
import { runDump } from './dump-program.js';
import { type PartName, partSections, type PartScanner } from './part-scanner.js';
import { readServerInfo, type ServerInfo, tooOld } from './server.js';
import { toolConnection } from './tool-connection.js';
import { misfit, needTool, type Tool } from './tools.js';

/**
 * A dump of the whole database by pg_dump in three parts, each a run of the tool: definitions, rows, and what is made when
 * the rows are there. All see one snapshot, which a connection of ours exports; it also holds the tables, so that nobody
 * alters one meanwhile. Together the parts are one plain SQL file. `flags` are further ones of the tool.
 */
export async function openPostgresDump(
  address: PostgresAddress,
  options: WorkOptions,
  flags: readonly string[] = [],
): Promise<Dump> {
  const connection = await connect(address);
  try {
    const server = await readServerInfo(connection);
    const old = tooOld(server);
    if (old) throw new DomainError('database-refused', old);
    const tool = await needTool('pg_dump');
    const unfit = misfit(tool, server.major);
    if (unfit) throw new DomainError('dump-tool-missing', unfit);
    const { objects, snapshot } = await holdSnapshot(connection);
    const tools = await toolConnection(options.workFolder, address);
    return new PostgresDump({ connection, server, tool, objects, snapshot, tools, flags }, options.signal);
  } catch (error) {
    await disconnect(connection);
    throw asDumpError(error);
  }
}

async function holdSnapshot(connection: Connection): Promise<{ objects: DatabaseObjects; snapshot: string }> {
  await connection.query(`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL lock_timeout = '20s'`);
  const objects = await listObjects(connection);
  const [row] = await select<[string]>(connection, 'SELECT pg_export_snapshot()');
  if (objects.tables.length > 0) {
    const names = objects.tables.map(({ quoted }) => quoted);
    await connection.query(`LOCK TABLE ${names.join(', ')} IN ACCESS SHARE MODE`);
  }
  return { objects, snapshot: row?.[0] ?? '' };
}

function asDumpError(error: unknown): unknown {
  if (isDomainError(error)) return error;
  if (isLost(error)) return unreachable(error);
  const code = errorCodeOf(error) ?? 'no reason given';
  const what: Record<string, string> = {
    '42501': 'The database user may not read every table. Grant it SELECT on all tables.',
    '55P03': 'Somebody alters a table and does not come to an end. Make the backup again later.',
  };
  const detail = what[code] ?? `The database refused to hold a snapshot (${code}). Make the backup again.`;
  return new DomainError('dump-failed', detail);
}

interface HeldSnapshot {
  connection: Connection;
  server: ServerInfo;
  tool: Tool;
  objects: DatabaseObjects;
  snapshot: string;
  tools: string;
  flags: readonly string[];
}

class PostgresDump implements Dump {
  readonly concurrent = false;
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly parts: readonly DumpPart[];
  readonly #scanners = new Map<PartName, PartScanner>();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;

  constructor(
    private readonly held: HeldSnapshot,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    this.serverVersion = held.server.version;
    this.toolVersion = `${held.tool.name} ${held.tool.version}`;
    const names = Object.keys(partSections) as PartName[];
    this.parts = names.map((name) => ({ name, open: () => Promise.resolve(this.#open(name)) }));
  }

  #open(part: PartName): Readable {
    const { tool, tools: connection, snapshot, flags } = this.held;
    const signal = this.#signal;
    const { stream, scanner } = runDump({ tool, connection, part, snapshot, flags, signal });
    this.#scanners.set(part, scanner);
    return stream;
  }

  async finish(): Promise<DumpContents> {
    const { objects, snapshot } = this.held;
    await disconnect(this.held.connection);
    for (const { name } of this.parts) {
      if (this.#scanners.get(name as PartName)?.complete) continue;
      throw new DomainError('dump-failed', `The dump of the ${name} has no end marker.`);
    }
    const tables = this.#scanners.get('tables')?.tables ?? [];
    const dumped = new Set(tables.map(({ name }) => name));
    const missing = objects.tables.filter(({ name }) => !dumped.has(name)).map(({ name }) => name);
    if (missing.length > 0) {
      throw new DomainError('dump-failed', `The dump lacks ${missing.join(', ')}. Make the backup again.`);
    }
    return {
      tables,
      views: objects.views,
      triggers: objects.triggers,
      routines: objects.routines,
      events: objects.eventTriggers,
      definitions: definitionsHash(this.#scanners),
      warnings: [],
      consistencyPoint: { snapshot },
    };
  }

  async abort(): Promise<void> {
    this.#stop.abort();
    await disconnect(this.held.connection);
  }
}
