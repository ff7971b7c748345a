import type { RowReader } from '../../engines/rows.types.js';
import { parseRow } from '../diff-table.js';
import { subsetOf } from '../subset.js';
import { type FileOfPlan, walkFile } from '../walk-file.js';
import { ComingKeys } from '../when-empty/coming-keys.js';
import { chooseRemedies } from './choose-remedies.js';
import { type FoundReference, MissingShared } from './missing-shared.js';
import type { Remedies } from './missing.types.js';
import { ReferenceTally } from './reference-tally.js';
import { SharedKeys } from './shared-keys.js';
import { type SharedReference, sharedReferences } from './shared-references.js';

export const noneMissing = new MissingShared([]);

/**
 * Reads the file once and finds what its rows refer to that no project owns and that is gone. Memory grows with the
 * missing keys only, up to a bound. Call when no other rows are being read. Throws as walkFile does, and DomainError
 * `bad-input` for a remedy that cannot be, `conflict` when too much is missing.
 */
export async function findMissing(
  reader: RowReader,
  file: FileOfPlan,
  remedies: Remedies = {},
): Promise<MissingShared> {
  const { plan } = file;
  const chosen = await chooseRemedies(reader, plan, remedies);
  const isCompared = subsetOf(plan, file.tables);
  const tables = plan.owned
    .filter((table) => isCompared(table.name) && sharedReferences(plan, table).length > 0)
    .map(({ name }) => name);
  if (tables.length === 0) return noneMissing;
  const coming = await ComingKeys.in(
    reader,
    file,
    plan.owned.flatMap((table) => sharedReferences(plan, table).map(({ foreignKey }) => foreignKey)),
  );
  const targets = new Map<string, SharedKeys>();
  const keysOf = ({ foreignKey: { referencedTable, referencedColumns } }: SharedReference) => {
    const name = JSON.stringify([referencedTable, referencedColumns]);
    const known = targets.get(name) ?? new SharedKeys(reader, referencedTable, referencedColumns, coming);
    targets.set(name, known);
    return known;
  };
  const found: FoundReference[] = [];
  await walkFile({ ...file, tables }, async (rows, { table }) => {
    const tallies = sharedReferences(plan, table).map(
      (reference) => new ReferenceTally(reference, keysOf(reference)),
    );
    for (let line = await rows.nextRow(); line !== null; line = await rows.nextRow()) {
      const row = parseRow(line, table);
      for (const tally of tallies) {
        const asking = tally.add(row);
        if (asking) await asking;
      }
    }
    for (const tally of tallies) {
      await tally.end();
      if (tally.rows === 0) continue;
      const { name, foreignKey } = tally.reference;
      const remedy = chosen.get(name) ?? (foreignKey.declared === true ? 'keep' : 'refuse');
      found.push({ table, remedy, tally });
    }
  });
  return new MissingShared(found);
}
