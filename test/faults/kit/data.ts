import type { Target } from '../../factories/target.js';

/**
 * Tables `t0`, `t1` and so on, each with rows of about a kilobyte: enough that the phases of a backup can be told
 * apart, and little enough to do it often.
 */
export async function fillTables(
  target: Pick<Target, 'run'>,
  { tables, rows }: { tables: number; rows: number },
): Promise<void> {
  for (let table = 0; table < tables; table += 1) {
    const name = `t${table}`;
    await target.run(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, v INTEGER NOT NULL, body TEXT)`);
    const values = Array.from({ length: rows }, (_, row) => `(${row}, ${row * table}, '${filler(row)}')`);
    await target.run(`INSERT INTO ${name} VALUES ${values.join(', ')}`);
  }
}

/** Text that hardly compresses, the same for the same number. */
function filler(seed: number): string {
  let state = seed + 1;
  let text = '';
  while (text.length < 1000) {
    state = Math.imul(state, 1664525) + 1013904223;
    text += (state >>> 0).toString(36);
  }
  return text;
}

/** More strings for a section of `createLocalization`, each with two translations. */
export async function growProject(
  target: Target,
  { section, strings }: { section: number; strings: number },
): Promise<void> {
  const ids = Array.from({ length: strings }, (_, at) => 100_000 + section * 10_000 + at);
  const values = (row: (id: number) => string) => ids.map(row).join(', ');
  await target.run(
    `INSERT INTO strings VALUES ${values((id) => `(${id}, ${section}, 'more.${id}', '${filler(id)}')`)}`,
  );
  await target.run(
    `INSERT INTO translations VALUES ${values((id) => `(${id}, 'de', '${filler(id + 1)}', 1), (${id}, 'nb', 'x', NULL)`)}`,
  );
}
