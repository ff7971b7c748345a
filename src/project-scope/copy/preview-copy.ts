import type { RowReader } from '../../engines/rows.types.js';
import { parseRow } from '../diff-table.js';
import type { ProjectPreview } from '../preview-project.js';
import { sample } from '../sample-rows.js';
import { previewWhenEmpty } from '../when-empty/preview-when-empty.js';
import type { IdFunction } from './id-functions.js';
import { asAdded, type CopyInput, examineCopy, findIds } from './prepare-copy.js';

export interface CopyPreview extends ProjectPreview {
  functions: IdFunction[];
}

/** What a copy would be, as things are; nothing is written, and the ids are not reserved. */
export async function previewCopy(reader: RowReader, input: CopyInput): Promise<CopyPreview> {
  const copy = await examineCopy(reader, input);
  const { examined, mapper, functions, refusals, missing } = await findIds(reader, copy);
  const tables = examined.tables.map((found) => {
    const { table, samples } = found;
    const map = mapper.of(table);
    const added = samples.map((line) => sample(JSON.stringify(map(parseRow(line, table))), table));
    return { ...asAdded(found), samples: { added, removed: [], changed: [] } };
  });
  const following = await previewWhenEmpty(reader, input, input.schema.routines);
  return {
    rowsDigest: '',
    tables,
    conflicts: [...refusals, ...following.conflicts],
    notes: examined.notes,
    missing: missing.list,
    whenEmpty: following.tables,
    functions,
  };
}
