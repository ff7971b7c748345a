import type { Connection as CoreConnection } from 'mysql2';
import type { Row } from '../../rows.types.js';
import type { RowDecoder } from './row-decoder.js';

const batchRows = 500;
const batchCharacters = 2 * 1024 * 1024;
/** Batches that may wait for the reader before the socket is paused. */
const waitingBatches = 3;
/** Rows that are read over when the reader stops early; beyond, the connection is given up. */
const readOverRows = 100_000;

export interface RowStream {
  batches(): AsyncGenerator<Row[]>;
  /** Ends the statement early. False when the connection has to be cut for that. */
  abandon(): Promise<boolean>;
}

/**
 * Runs a SELECT and hands its rows over in batches as they come. The socket is paused while the reader is behind, so
 * that memory holds a few batches whatever the number of rows. mysql2's own `stream()` costs an event and a promise
 * per row.
 */
export function streamRows(core: CoreConnection, sql: string, decoder: RowDecoder): RowStream {
  const full: Row[][] = [];
  let batch: Row[] = [];
  let characters = 0;
  let state: { ended: boolean; error?: Error } = { ended: false };
  let left = Infinity;
  let wake = () => {};

  const settle = (outcome: { error?: Error }): void => {
    if (!state.ended) state = { ended: true, ...outcome };
    core.off('error', onConnectionError);
    wake();
  };
  // A lost connection is told to the connection only, not to a query without a callback.
  const onConnectionError = (error: Error): void => settle({ error });
  const onRow = (row: unknown): void => {
    const cells = decoder.decode(row as unknown[]);
    batch.push(cells);
    characters += decoder.size(cells);
    if (batch.length < batchRows && characters < batchCharacters) return;
    full.push(batch);
    batch = [];
    characters = 0;
    if (full.length >= waitingBatches) core.pause();
    wake();
  };

  core.on('error', onConnectionError);
  const query = core.query({ sql, rowsAsArray: true, values: null });
  query.on('result', (row: unknown) => {
    if (left === Infinity) return onRow(row);
    left -= 1;
    if (left === 0) wake();
  });
  query.on('error', (error) => settle({ error }));
  query.on('end', () => settle({}));

  const news = () => new Promise<void>((resolve) => (wake = resolve));

  return {
    async *batches() {
      for (;;) {
        const next = full.shift();
        if (next) {
          yield next;
        } else if (state.ended) {
          if (state.error) throw state.error;
          if (batch.length > 0) yield batch;
          return;
        } else {
          const changed = news();
          core.resume();
          await changed;
        }
      }
    },
    async abandon() {
      left = readOverRows;
      full.length = 0;
      while (!state.ended && left > 0) {
        const changed = news();
        core.resume();
        await changed;
      }
      return state.ended;
    },
  };
}
