import type { Connection } from 'mysql2/promise';
import { quoteName, select } from './connection.js';
import { journalTable } from './names.js';

/**
 * How far a swap came, written into the undo schema before anything happens. While it says `swapping`, live has to be
 * put back; from `done` on the new tables are live and the undo is complete. Whoever finds it, in this process or
 * after a crash, knows everything that is needed to put live back.
 */
export interface SwapJournal {
  state: 'swapping' | 'done';
  live: string;
  /** Where the replacement came from, and where it goes when live is put back. */
  incoming: string;
  liveTables: string[];
  incomingTables: string[];
}

export async function beginJournal(
  connection: Connection,
  undo: string,
  journal: SwapJournal,
): Promise<void> {
  const table = tableIn(undo);
  await connection.query(
    `CREATE TABLE ${table} (id INT PRIMARY KEY, content LONGTEXT NOT NULL) ENGINE=InnoDB`,
  );
  await connection.query(`INSERT INTO ${table} VALUES (1, ?)`, [JSON.stringify(journal)]);
}

export async function endJournal(connection: Connection, undo: string, journal: SwapJournal): Promise<void> {
  const content = JSON.stringify({ ...journal, state: 'done' });
  await connection.query(`UPDATE ${tableIn(undo)} SET content = ?`, [content]);
}

/** Null for a schema that has no journal (yet): nothing has been done with it. */
export async function readJournal(connection: Connection, undo: string): Promise<SwapJournal | null> {
  const [table] = await select<{ name: string }>(
    connection,
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    [undo, journalTable],
  );
  if (!table) return null;
  const [row] = await select<{ content: string }>(connection, `SELECT content FROM ${tableIn(undo)}`);
  return row ? (JSON.parse(row.content) as SwapJournal) : null;
}

function tableIn(schema: string): string {
  return `${quoteName(schema)}.${quoteName(journalTable)}`;
}
