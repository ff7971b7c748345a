import type { Connection } from 'mysql2/promise';
import type { MysqlAddress } from './address.js';
import { quoteName, withConnection } from './connection.js';
import { readJournal, setJournalState } from './journal.js';
import { journalTable } from './names.js';
import { tablesOf } from './table-moves.js';

/** Drops an undo schema for good. The server does that table by table: its journal says so first, and goes last. */
export async function dropMysqlUndo(address: MysqlAddress, undo: string): Promise<void> {
  await withConnection(address, async (connection) => {
    const journal = await readJournal(connection, undo);
    if (journal) await setJournalState(connection, undo, journal, 'dropping');
    await connection.query('SET SESSION foreign_key_checks = 0');
    for (const table of await tablesOf(connection, undo)) {
      await connection.query(`DROP TABLE IF EXISTS ${quoteName(undo)}.${quoteName(table)}`);
    }
    await dropJournalled(connection, undo);
  });
}

/**
 * Drops a schema that has served its purpose and holds only our own tables. The journal goes before them: were it found
 * without what it speaks of, a crash in between could never be mended.
 */
export async function dropJournalled(connection: Connection, schema: string): Promise<void> {
  await connection.query(`DROP TABLE IF EXISTS ${quoteName(schema)}.${quoteName(journalTable)}`);
  await connection.query(`DROP DATABASE IF EXISTS ${quoteName(schema)}`);
}
