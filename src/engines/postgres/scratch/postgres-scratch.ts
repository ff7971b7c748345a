import { pipeline } from 'node:stream/promises';
import type { PostgresAddress } from '../../../config/postgres-url.js';
import type { Dump, DumpPart, RestoreSource, WorkOptions } from '../../engine.types.js';
import type { ColumnOfTable, DatabaseSchema } from '../../rows.types.js';
import type { Reduction, ScratchDatabase, ScratchValue } from '../../scratch.types.js';
import { type Connection, disconnect, withConnection } from '../connection.js';
import { dropDatabase } from '../databases.js';
import { openPostgresDump } from '../dump.js';
import { PostgresRows } from '../rows/postgres-rows.js';
import { loadBeside } from '../stage.js';
import { needTool } from '../tools.js';
import { DefinitionKinds } from './definition-kinds.js';
import { keptTables, mustBeKept } from './kept-tables.js';
import { whyUnfit } from './mask-sql.js';
import { reduceDatabase } from './reduce.js';
import { columnValues } from './values.js';

/** Without whose and where it is, and what else is not rows. */
const dumpFlags = [
  ...['--no-owner', '--no-privileges', '--no-tablespaces', '--no-comments', '--no-security-labels'],
  ...['--no-publications', '--no-subscriptions', '--no-blobs'],
];
/** pg_dump from which on a dump can hold samples of values. */
const firstWithStatistics = 18;

/** In a database of its own, as a restore has. */
export async function openPostgresScratch(
  address: PostgresAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<ScratchDatabase> {
  const staging = await loadBeside(address, source, options);
  return new PostgresScratch({ ...address, database: staging });
}

class PostgresScratch implements ScratchDatabase {
  readonly whyUnfit = whyUnfit;
  #kept: string[] = [];

  constructor(private readonly address: PostgresAddress) {}

  schema(): Promise<DatabaseSchema> {
    return new PostgresRows(this.address).schema();
  }

  async *values(columns: readonly ColumnOfTable[]): AsyncGenerator<ScratchValue[]> {
    yield* columnValues(this.address, await this.schema(), columns);
  }

  async reduce(reduction: Reduction, { signal }: WorkOptions): Promise<string[]> {
    const schema = await this.schema();
    this.#kept = reduction.tables.map(({ name }) => name);
    const work = (connection: Connection) => {
      const stop = () => void disconnect(connection);
      signal?.addEventListener('abort', stop, { once: true });
      return reduceDatabase(connection, this.address.schema, schema, reduction).finally(() =>
        signal?.removeEventListener('abort', stop),
      );
    };
    return withConnection(this.address, work).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  }

  async openDump(options: WorkOptions): Promise<Dump> {
    const { major } = await needTool('pg_dump');
    const kept = await withConnection(this.address, (connection) =>
      keptTables(connection, this.address.schema, this.#kept),
    );
    const dump = await openPostgresDump(this.address, options, [
      ...dumpFlags,
      ...kept.ofExtensions.map((table) => `--exclude-table-data=${table}`),
      ...(major >= firstWithStatistics ? ['--no-statistics'] : []),
    ]);
    const kinds = new DefinitionKinds();
    const { serverVersion, toolVersion, concurrent } = dump;
    return {
      serverVersion,
      toolVersion,
      concurrent,
      parts: dump.parts.map((part) => (part.name === 'tables' ? part : looked(part, kinds))),
      finish: async () => {
        const contents = await dump.finish();
        kinds.mustBeAllowed();
        mustBeKept(contents.tables, kept);
        return contents;
      },
      abort: () => dump.abort(),
    };
  }

  /** Every value stands in one piece in the dump. */
  async *content(): AsyncGenerator<never> {}

  discard(): Promise<void> {
    return dropDatabase(this.address, this.address.database);
  }
}

function looked(part: DumpPart, kinds: DefinitionKinds): DumpPart {
  return {
    name: part.name,
    open: async () => {
      const output = kinds.passing();
      // The reader of the output hears of a failure by the output.
      pipeline(await part.open(), output).catch(() => undefined);
      return output;
    },
  };
}
