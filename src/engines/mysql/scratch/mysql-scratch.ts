import type { Connection } from 'mysql2/promise';
import { pipeline } from 'node:stream/promises';
import { isDomainError } from '../../../common/errors.js';
import type { Dump, DumpPart, RestoreSource, WorkOptions } from '../../engine.types.js';
import type { ColumnOfTable, DatabaseSchema } from '../../rows.types.js';
import type { Reduction, ScratchDatabase, ScratchValue } from '../../scratch.types.js';
import type { MysqlAddress } from '../address.js';
import { connect, isLost, unreachable, withConnection } from '../connection.js';
import { openMysqlDump } from '../dump.js';
import { MysqlRows } from '../rows/mysql-rows.js';
import { stageArtefact } from '../staging.js';
import { whyUnfit } from './mask-sql.js';
import { reduceSchema } from './reduce.js';
import { columnValues } from './values.js';
import { WithoutOrigin } from './without-origin.js';

/** In a staging schema, as a restore has: tables and their rows, without views, triggers, routines and events. */
export async function openMysqlScratch(
  address: MysqlAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<ScratchDatabase> {
  const { staging, discard } = await stageArtefact(address, source, options, () => Promise.resolve([]));
  return new MysqlScratch({ ...address, database: staging }, discard);
}

class MysqlScratch implements ScratchDatabase {
  readonly whyUnfit = whyUnfit;

  constructor(
    private readonly address: MysqlAddress,
    readonly discard: () => Promise<void>,
  ) {}

  schema(): Promise<DatabaseSchema> {
    return new MysqlRows((more) => connect(this.address, more), this.address.database).schema();
  }

  async *values(columns: readonly ColumnOfTable[]): AsyncGenerator<ScratchValue[]> {
    const schema = await this.schema();
    try {
      yield* columnValues(await connect(this.address), schema, columns);
    } catch (error) {
      throw isLost(error) && !isDomainError(error) ? unreachable(error) : error;
    }
  }

  async reduce(reduction: Reduction, { signal }: WorkOptions): Promise<string[]> {
    const schema = await this.schema();
    const work = (connection: Connection) => {
      const stop = () => connection.destroy();
      signal?.addEventListener('abort', stop, { once: true });
      return reduceSchema(connection, this.address.database, schema, reduction).finally(() =>
        signal?.removeEventListener('abort', stop),
      );
    };
    return withConnection(this.address, work).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  }

  async openDump(options: WorkOptions): Promise<Dump> {
    const dump = await openMysqlDump(this.address, options);
    const parts = dump.parts.map(withoutOrigin);
    const { serverVersion, toolVersion, concurrent } = dump;
    return {
      serverVersion,
      toolVersion,
      concurrent,
      parts,
      finish: () => dump.finish(),
      abort: () => dump.abort(),
    };
  }

  /** Every value stands in one piece in the dump. */
  async *content(): AsyncGenerator<never> {}
}

function withoutOrigin(part: DumpPart): DumpPart {
  return {
    name: part.name,
    open: async () => {
      const output = new WithoutOrigin({ highWaterMark: 1024 * 1024 });
      // The reader of the output hears of a failure by the output.
      pipeline(await part.open(), output).catch(() => undefined);
      return output;
    },
  };
}
