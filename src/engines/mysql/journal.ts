import type { Connection } from 'mysql2/promise';
import { quoteName, select } from './connection.js';
import { journalTable } from './names.js';

/**
 * How far a swap came, written into the undo schema before anything happens. While it says `swapping`, live has to be
 * put back; from `done` on the new tables are live and the undo is complete, until `dropping`. Whoever finds it, in this
 * process or after a crash, knows everything that is needed to put live back.
 */
export interface SwapJournal {
  state: 'swapping' | 'done' | 'dropping';
  live: string;
  /** Where the replacement came from, and where it goes when live is put back. */
  incoming: string;
  liveTables: string[];
  incomingTables: string[];
}

/**
 * Written into the staging schema before the first table of live is dropped, when nothing is to be kept. Whoever finds it
 * puts the staging in place: there is no way back.
 */
export interface ReplacementJournal {
  state: 'replacing';
  live: string;
  incomingTables: string[];
}

export async function beginJournal(
  connection: Connection,
  schema: string,
  journal: SwapJournal | ReplacementJournal,
): Promise<void> {
  const table = tableIn(schema);
  await connection.query(
    `CREATE TABLE ${table} (id INT PRIMARY KEY, content LONGTEXT NOT NULL) ENGINE=InnoDB`,
  );
  await connection.query(`INSERT INTO ${table} VALUES (1, ?)`, [JSON.stringify(journal)]);
}

export async function setJournalState(
  connection: Connection,
  undo: string,
  journal: SwapJournal,
  state: SwapJournal['state'],
): Promise<void> {
  await connection.query(`UPDATE ${tableIn(undo)} SET content = ?`, [JSON.stringify({ ...journal, state })]);
}

/** Null for a schema that has no journal (yet): nothing has been done with it. */
export async function readJournal(connection: Connection, undo: string): Promise<SwapJournal | null> {
  const journal = await read(connection, undo);
  return journal?.state === 'replacing' ? null : journal;
}

/** Null for a staging schema whose replacement has not begun: live is untouched. */
export async function readReplacement(
  connection: Connection,
  staging: string,
): Promise<ReplacementJournal | null> {
  const journal = await read(connection, staging);
  return journal?.state === 'replacing' ? journal : null;
}

async function read(
  connection: Connection,
  schema: string,
): Promise<SwapJournal | ReplacementJournal | null> {
  const [table] = await select<{ name: string }>(
    connection,
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    [schema, journalTable],
  );
  if (!table) return null;
  const [row] = await select<{ content: string }>(connection, `SELECT content FROM ${tableIn(schema)}`);
  return row ? (JSON.parse(row.content) as SwapJournal | ReplacementJournal) : null;
}

function tableIn(schema: string): string {
  return `${quoteName(schema)}.${quoteName(journalTable)}`;
}
