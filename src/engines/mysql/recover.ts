import { join } from 'node:path';
import type { RecoveryReport, WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { select, withConnection } from './connection.js';
import { readJournal, type SwapJournal } from './journal.js';
import { companionPatterns } from './names.js';
import { openLoader } from './open-loader.js';
import { reinstate } from './reinstate.js';
import { dropSchema } from './schemas.js';

/**
 * What a crash left behind, found in the server itself: a swap that did not come to its end is put back, a finished one
 * whose undo nobody knows is reported, and schemas for staging are dropped. To be called under the lock.
 */
export async function recoverMysql(address: MysqlAddress, options: WorkOptions): Promise<RecoveryReport> {
  const found = await findCompanions(address);
  const report: RecoveryReport = { putBack: [], undos: [] };
  for (const { name, journal } of found.undos) {
    if (journal?.state === 'done') report.undos.push(name);
    else {
      const loader = { ...(await openLoader(address, options)), signal: undefined };
      const state = await reinstate(address, name, loader, join(options.workFolder, 'recover'));
      if (state === 'done') report.undos.push(name);
      else if (journal) report.putBack.push(name);
    }
  }
  // Only now: what is put back may have come out of a staging schema.
  for (const name of found.scratch) await dropSchema(address, name);
  return report;
}

async function findCompanions(address: MysqlAddress) {
  const patterns = companionPatterns(address.database);
  return withConnection(address, async (connection) => {
    const like = async (pattern: string) => {
      const rows = await select<{ name: string }>(
        connection,
        'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ? ORDER BY 1',
        [pattern],
      );
      return rows.map(({ name }) => name);
    };
    const undos: { name: string; journal: SwapJournal | null }[] = [];
    for (const name of await like(patterns.undo)) {
      const journal = await readJournal(connection, name);
      // A name proves nothing where anybody may make schemas: the journal says whose it is.
      if (journal === null || journal.live === address.database) undos.push({ name, journal });
    }
    return { undos, scratch: (await Promise.all(patterns.scratch.map(like))).flat() };
  });
}
