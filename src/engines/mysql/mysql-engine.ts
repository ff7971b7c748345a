import type {
  Dump,
  Engine,
  EngineLock,
  EngineStatus,
  RestoreSource,
  StagedRestore,
  UndoLocation,
  WorkOptions,
} from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { connect, quoteName, withConnection } from './connection.js';
import { openMysqlDump } from './dump.js';
import { lockSchema } from './lock.js';
import { probe } from './probe.js';
import { putBackMysql, stageMysqlRestore } from './restore.js';
import { MysqlRows } from './rows/mysql-rows.js';

/** MySQL 8.0 and newer, MariaDB 10.6 and newer. */
export class MysqlEngine implements Engine {
  readonly kind = 'mysql';
  readonly extension = 'sql';
  readonly databaseName: string;
  readonly rows: MysqlRows;

  constructor(private readonly address: MysqlAddress) {
    this.databaseName = address.database;
    this.rows = new MysqlRows((options) => connect(address, options), address.database);
  }

  probe(): Promise<EngineStatus> {
    return probe(this.address);
  }

  lock(waitMs: number): Promise<EngineLock> {
    return lockSchema(this.address, waitMs);
  }

  openDump(options: WorkOptions): Promise<Dump> {
    return openMysqlDump(this.address, options);
  }

  stage(source: RestoreSource, options: WorkOptions): Promise<StagedRestore> {
    return stageMysqlRestore(this.address, source, options);
  }

  putBack(undo: UndoLocation, options: WorkOptions): Promise<UndoLocation> {
    return putBackMysql(this.address, undo, options);
  }

  async dropUndo(undo: UndoLocation): Promise<void> {
    await withConnection(this.address, (connection) =>
      connection.query(`DROP DATABASE IF EXISTS ${quoteName(undo)}`),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
