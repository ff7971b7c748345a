import type { DatabaseSchema, RowReader } from '../../engines/rows.types.js';
import { sample, type SampleRow } from '../sample-rows.js';
import { sentenceOf } from '../sentence-of.js';
import type { FileOfPlan } from '../walk-file.js';
import { emptyTables } from './empty-tables.js';
import { mustBeSafe } from './insert-when-empty.js';
import { walkFollowing } from './walk-following.js';
import type { FollowedTablePreview } from './when-empty.types.js';

export interface WhenEmptyPreview {
  tables: FollowedTablePreview[];
  /** Sentences: why they could not be inserted as things are. */
  conflicts: string[];
}

const samplesOfEach = 5;

/** Which rows would follow into empty tables; nothing is written. Throws as insertWhenEmpty does for a file that does not fit. */
export async function previewWhenEmpty(
  reader: RowReader,
  file: FileOfPlan,
  routines: DatabaseSchema['routines'],
): Promise<WhenEmptyPreview> {
  const found = new Map<string, FollowedTablePreview>();
  const conflicts: string[] = [];
  await walkFollowing(file, await emptyTables(reader, file), async (rows, { table }) => {
    const samples: SampleRow[] = [];
    let added = 0;
    for (let line = await rows.nextRow(); line !== null; line = await rows.nextRow()) {
      if (samples.length < samplesOfEach) samples.push(sample(line, table));
      added += 1;
    }
    found.set(table.name, { table: table.name, added, samples });
    const conflict = added > 0 ? await sentenceOf(() => mustBeSafe(table, routines)) : null;
    if (conflict !== null) conflicts.push(conflict);
  });
  const tables = file.plan.whenEmpty.map(
    ({ name }) => found.get(name) ?? { table: name, added: 0, samples: [] },
  );
  return { tables, conflicts };
}
