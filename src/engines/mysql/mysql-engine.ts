import { SharedFlight } from '../../common/shared-flight.js';
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
import type { MysqlAddress } from './address.js';
import { connect } from './connection.js';
import { dropMysqlUndo } from './drop-undo.js';
import { openMysqlDump } from './dump.js';
import { inspectMysqlDump } from './inspect.js';
import { lockSchema } from './lock.js';
import { probe } from './probe.js';
import { recoverMysql } from './recover.js';
import { rehearseMysqlRestore } from './rehearse.js';
import { stageMysqlReplacement } from './replace.js';
import { putBackMysql, stageMysqlRestore } from './restore.js';
import { MysqlRows } from './rows/mysql-rows.js';
import { rehearseMysqlRows } from './rows/rehearse-rows.js';
import { openMysqlScratch } from './scratch/mysql-scratch.js';
import { unpackMysqlDump } from './unpack.js';

/**
 * MySQL 8.0 and newer, MariaDB 10.6 and newer. Questions that many ask at once (the status, the schema) are answered
 * together: each takes a connection, and the server has few.
 */
export class MysqlEngine implements Engine {
  readonly kind = 'mysql';
  readonly extension = 'sql';
  readonly databaseName: string;
  readonly rows: ProjectRows;
  readonly #probe: SharedFlight<EngineStatus>;

  constructor(private readonly address: MysqlAddress) {
    this.databaseName = address.database;
    this.#probe = new SharedFlight(() => probe(address));
    const rows = new MysqlRows((options) => connect(address, options), address.database);
    const schema = new SharedFlight(() => rows.schema());
    this.rows = {
      schema: () => schema.join(),
      snapshot: (work) => rows.snapshot(work),
      transaction: (work) => rows.transaction(work),
      rehearsal: (tables, place, work) => rehearseMysqlRows(address, tables, place, work),
    };
  }

  probe(): Promise<EngineStatus> {
    return this.#probe.join();
  }

  lock(waitMs: number, signal?: AbortSignal): Promise<EngineLock> {
    return lockSchema(this.address, waitMs, signal);
  }

  openDump(options: WorkOptions): Promise<Dump> {
    return openMysqlDump(this.address, options);
  }

  stage(source: RestoreSource, options: WorkOptions): Promise<StagedRestore> {
    return stageMysqlRestore(this.address, source, options);
  }

  stageReplacement(source: RestoreSource, options: WorkOptions): Promise<StagedReplacement> {
    return stageMysqlReplacement(this.address, source, options);
  }

  inspect(source: RestoreSource, options: WorkOptions): Promise<Check[]> {
    return inspectMysqlDump(source, options);
  }

  rehearse(source: RehearsalSource, options: WorkOptions): Promise<Check[]> {
    return rehearseMysqlRestore(this.address, source, options);
  }

  unpack(source: RestoreSource, options: WorkOptions): Promise<UnpackedArtefact> {
    return unpackMysqlDump(this.address, source, options);
  }

  openScratch(source: RestoreSource, options: WorkOptions): Promise<ScratchDatabase> {
    return openMysqlScratch(this.address, source, options);
  }

  putBack(undo: UndoLocation, options: WorkOptions): Promise<UndoLocation> {
    return putBackMysql(this.address, undo, options);
  }

  recover(options: WorkOptions): Promise<RecoveryReport> {
    return recoverMysql(this.address, options);
  }

  dropUndo(undo: UndoLocation): Promise<void> {
    return dropMysqlUndo(this.address, undo);
  }

  /** The undo schema tells it: it is complete when live was exchanged, and not before. */
  incarnation(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
