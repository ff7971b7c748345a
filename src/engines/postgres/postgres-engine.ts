import { SharedFlight } from '../../common/shared-flight.js';
import type { PostgresAddress } from '../../config/postgres-url.js';
import type {
  Check,
  Dump,
  Engine,
  EngineLock,
  EngineStatus,
  RecoveryReport,
  RehearsalSource,
  RestoreSource,
  StagedReplacement,
  StagedRestore,
  UnpackedArtefact,
  UndoLocation,
  WorkOptions,
} from '../engine.types.js';
import type { ScratchDatabase } from '../scratch.types.js';
import type { ProjectRows } from '../rows.types.js';
import { openPostgresDump } from './dump.js';
import { inspectPostgresDump } from './inspect.js';
import { lockDatabase } from './lock.js';
import { probe } from './probe.js';
import { incarnationOf, recoverPostgres } from './recover.js';
import { rehearsePostgresRestore, unpackPostgresDump } from './rehearse.js';
import {
  dropPostgresUndo,
  putBackPostgres,
  stagePostgresReplacement,
  stagePostgresRestore,
} from './restore.js';
import { PostgresRows } from './rows/postgres-rows.js';
import { openPostgresScratch } from './scratch/postgres-scratch.js';

/** PostgreSQL 13 and newer. Full backups hold the whole database, projects live in one of its schemas. */
export class PostgresEngine implements Engine {
  readonly kind = 'postgres';
  readonly extension = 'sql';
  readonly databaseName: string;
  readonly rows: ProjectRows;
  readonly #probe: SharedFlight<EngineStatus>;

  constructor(private readonly address: PostgresAddress) {
    this.databaseName = address.database;
    this.rows = new PostgresRows(address);
    this.#probe = new SharedFlight(() => probe(address));
  }

  probe(): Promise<EngineStatus> {
    return this.#probe.join();
  }

  lock(waitMs: number, signal?: AbortSignal): Promise<EngineLock> {
    return lockDatabase(this.address, waitMs, signal);
  }

  openDump(options: WorkOptions): Promise<Dump> {
    return openPostgresDump(this.address, options);
  }

  stage(source: RestoreSource, options: WorkOptions): Promise<StagedRestore> {
    return stagePostgresRestore(this.address, source, options);
  }

  stageReplacement(source: RestoreSource, options: WorkOptions): Promise<StagedReplacement> {
    return stagePostgresReplacement(this.address, source, options);
  }

  inspect(source: RestoreSource, options: WorkOptions): Promise<Check[]> {
    return inspectPostgresDump(source, options);
  }

  rehearse(source: RehearsalSource, options: WorkOptions): Promise<Check[]> {
    return rehearsePostgresRestore(this.address, source, options);
  }

  unpack(source: RestoreSource, options: WorkOptions): Promise<UnpackedArtefact> {
    return unpackPostgresDump(this.address, source, options);
  }

  openScratch(source: RestoreSource, options: WorkOptions): Promise<ScratchDatabase> {
    return openPostgresScratch(this.address, source, options);
  }

  putBack(undo: UndoLocation, options: WorkOptions): Promise<UndoLocation> {
    return putBackPostgres(this.address, undo, options);
  }

  dropUndo(undo: UndoLocation): Promise<void> {
    return dropPostgresUndo(this.address, undo);
  }

  recover(): Promise<RecoveryReport> {
    return recoverPostgres(this.address);
  }

  incarnation(): Promise<string | null> {
    return incarnationOf(this.address);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
