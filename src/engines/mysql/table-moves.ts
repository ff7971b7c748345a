import type { Connection } from 'mysql2/promise';
import { DomainError } from '../../common/errors.js';
import { quoteName } from './connection.js';
import type { SwapJournal } from './journal.js';
import { definitionsTable, journalTable } from './names.js';
import { listObjects } from './schema-objects.js';

interface Move {
  table: string;
  from: string;
  to: string;
}

/** Names of a schema's tables but for our own in an undo. */
export async function tablesOf(connection: Connection, schema: string): Promise<string[]> {
  const { tables } = await listObjects(connection, schema);
  return tables.map(({ name }) => name).filter((name) => name !== definitionsTable && name !== journalTable);
}

/** Live's tables go to the undo and the incoming ones take their place, in one statement that happens wholly or not. */
export async function exchangeTables(
  connection: Connection,
  undo: string,
  journal: SwapJournal,
): Promise<void> {
  const { live, incoming, liveTables, incomingTables } = journal;
  mustBe(await tablesOf(connection, live), liveTables);
  mustBe(await tablesOf(connection, incoming), incomingTables);
  await rename(connection, movesOf(undo, journal), live);
}

/** The staging's tables become live's, in one statement; live must have none of these names. */
export async function moveIn(
  connection: Connection,
  staging: string,
  live: string,
  tables: readonly string[],
): Promise<void> {
  mustBe(await tablesOf(connection, staging), tables);
  await rename(
    connection,
    tables.map((table) => ({ table, from: staging, to: live })),
    live,
  );
}

/** Back to where they were, in reverse; nothing when they were never moved. True when something was moved. */
export async function takeTablesBack(
  connection: Connection,
  undo: string,
  journal: SwapJournal,
): Promise<boolean> {
  if (!(await wereMoved(connection, undo, journal))) return false;
  const back = movesOf(undo, journal).map(({ table, from, to }) => ({ table, from: to, to: from }));
  await rename(connection, back.reverse(), journal.live);
  return true;
}

/** One statement moves all tables, so one of them tells for all. */
async function wereMoved(connection: Connection, undo: string, journal: SwapJournal): Promise<boolean> {
  if (journal.liveTables.length > 0) return (await tablesOf(connection, undo)).length > 0;
  return journal.incomingTables.length > 0 && (await tablesOf(connection, journal.incoming)).length === 0;
}

/** True for an undo all of whose tables are live again. */
export async function wasPutBack(
  connection: Connection,
  undo: string,
  { state, liveTables }: SwapJournal,
): Promise<boolean> {
  return state === 'done' && liveTables.length > 0 && (await tablesOf(connection, undo)).length === 0;
}

function movesOf(undo: string, { live, incoming, liveTables, incomingTables }: SwapJournal): Move[] {
  return [
    ...liveTables.map((table) => ({ table, from: live, to: undo })),
    ...incomingTables.map((table) => ({ table, from: incoming, to: live })),
  ];
}

async function rename(connection: Connection, moves: readonly Move[], live: string): Promise<void> {
  if (moves.length === 0) return;
  const place = (schema: string, table: string) => `${quoteName(schema)}.${quoteName(table)}`;
  const renames = moves.map(({ table, from, to }) => `${place(from, table)} TO ${place(to, table)}`);
  await connection.query(`USE ${quoteName(live)}`);
  await connection.query(`RENAME TABLE ${renames.join(', ')}`);
}

function mustBe(found: readonly string[], expected: readonly string[]): void {
  if (found.length === expected.length && found.every((name) => expected.includes(name))) return;
  throw new DomainError(
    'conflict',
    'Tables came or went during the restore. Nothing was changed; try it again.',
  );
}
