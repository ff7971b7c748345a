import type { Clock } from '../../common/clock.js';
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
import { openSqliteDump } from './dump.js';
import { readIncarnation } from './live-facts.js';
import { lockDatabase } from './lock.js';
import { probeDatabase } from './probe.js';
import { finishReplacements } from './replace-file.js';
import { SqliteRows } from './rows/sqlite-rows.js';
import { SqliteFile } from './sqlite-file.js';
import { stageSqliteReplacement, stageSqliteRestore } from './stage.js';
import { dropUndo, putBackUndo } from './undo.js';
import { openSqliteScratch } from './scratch/sqlite-scratch.js';
import { unpackSqliteFile } from './unpack.js';
import { inspectArtefact, rehearseArtefact } from './verify.js';

export interface SqliteAddress {
  engine: 'sqlite';
  path: string;
}

/** A SQLite file in any journal mode. Holds nothing open between two calls. */
export class SqliteEngine implements Engine {
  readonly kind = 'sqlite';
  readonly extension = 'db';
  readonly databaseName: string;
  readonly rows: SqliteRows;
  readonly #file: SqliteFile;

  constructor(
    address: SqliteAddress,
    private readonly clock: Clock,
  ) {
    this.#file = new SqliteFile(address.path);
    this.databaseName = this.#file.name;
    this.rows = new SqliteRows(this.#file, clock);
  }

  probe(): Promise<EngineStatus> {
    return probeDatabase(this.#file, this.clock);
  }

  lock(waitMs: number, signal?: AbortSignal): Promise<EngineLock> {
    return lockDatabase(this.#file, this.clock, waitMs, signal);
  }

  openDump(options: WorkOptions): Promise<Dump> {
    return openSqliteDump(this.#file, this.clock, options);
  }

  stage(source: RestoreSource, options: WorkOptions): Promise<StagedRestore> {
    return stageSqliteRestore(this.#file, this.clock, source, options);
  }

  stageReplacement(source: RestoreSource, options: WorkOptions): Promise<StagedReplacement> {
    return stageSqliteReplacement(this.#file, this.clock, source, options);
  }

  inspect(source: RestoreSource, options: WorkOptions): Promise<Check[]> {
    return inspectArtefact(source, options);
  }

  rehearse(source: RehearsalSource, options: WorkOptions): Promise<Check[]> {
    return rehearseArtefact(source, options);
  }

  unpack(source: RestoreSource, options: WorkOptions): Promise<UnpackedArtefact> {
    return unpackSqliteFile(this.#file, this.clock, source, options);
  }

  openScratch(source: RestoreSource, options: WorkOptions): Promise<ScratchDatabase> {
    return openSqliteScratch(this.#file, this.clock, source, options);
  }

  putBack(undo: UndoLocation, options: WorkOptions): Promise<UndoLocation> {
    return putBackUndo(this.#file, this.clock, undo, options);
  }

  /** SQLite's own journal rolls an interrupted exchange back, and the lock sweeps what is half made. */
  async recover(): Promise<RecoveryReport> {
    const broughtForward = await finishReplacements(this.#file);
    return { putBack: [], broughtForward, undos: await this.#file.listUndos() };
  }

  dropUndo(undo: UndoLocation): Promise<void> {
    return dropUndo(this.#file, undo);
  }

  incarnation(): Promise<string | null> {
    return readIncarnation(this.#file, this.clock);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
