import { join } from 'node:path';
import { type RecoveryReport, unannounced, type WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { bringForward } from './bring-forward.js';
import { select, withConnection } from './connection.js';
import { dropMysqlUndo } from './drop-undo.js';
import { readJournal, readReplacement, type SwapJournal } from './journal.js';
import { companionPatterns } from './names.js';
import { openLoader } from './open-loader.js';
import { reinstate } from './reinstate.js';
import { dropSchema } from './schemas.js';
import { wasPutBack } from './table-moves.js';

/**
 * What a crash left behind, found in the server itself: a swap that did not come to its end is put back, a replacement
 * that had begun to drop live is brought to its end, a finished swap whose undo nobody knows is reported, undos that
 * were put back or half dropped go, and so do other schemas for staging. To be called under the lock.
 */
export async function recoverMysql(address: MysqlAddress, options: WorkOptions): Promise<RecoveryReport> {
  const found = await findCompanions(address);
  const report: RecoveryReport = { putBack: [], broughtForward: [], undos: [] };
  const loaderOf = async () => ({ ...(await openLoader(address, options)), signal: undefined });
  const folder = join(options.workFolder, 'recover');
  const { exclusively = unannounced } = options;
  for (const { name, journal, used } of found.undos) {
    if (journal?.state === 'dropping' || used) await dropMysqlUndo(address, name);
    else if (journal?.state === 'done') report.undos.push(name);
    else {
      const loader = await loaderOf();
      const state = await exclusively(() => reinstate(address, name, loader, folder));
      if (state === 'done') report.undos.push(name);
      else if (journal) report.putBack.push(name);
    }
  }
  // Only now: what is put back may have come out of a staging schema.
  for (const { name, begun } of found.scratch) {
    if (begun) {
      const loader = await loaderOf();
      await exclusively(() => bringForward(address, name, loader, folder));
      report.broughtForward.push(name);
    } else await dropSchema(address, name);
  }
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
    const undos: { name: string; journal: SwapJournal | null; used: boolean }[] = [];
    for (const name of await like(patterns.undo)) {
      const journal = await readJournal(connection, name);
      // A name proves nothing where anybody may make schemas: the journal says whose it is.
      if (journal !== null && journal.live !== address.database) continue;
      undos.push({ name, journal, used: journal !== null && (await wasPutBack(connection, name, journal)) });
    }
    const scratch: { name: string; begun: boolean }[] = [];
    for (const name of (await Promise.all(patterns.scratch.map(like))).flat()) {
      const replacement = await readReplacement(connection, name);
      if (replacement && replacement.live !== address.database) continue;
      scratch.push({ name, begun: replacement !== null });
    }
    return { undos, scratch };
  });
}
