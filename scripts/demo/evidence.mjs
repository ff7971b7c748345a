import { createHash } from 'node:crypto';

/** Every table with the way from a row to its project (null: shared by all projects) and the order of its rows. */
const tables = [
  { name: 'projects', owner: 'x.id = ?', order: 'x.id' },
  { name: 'project_members', owner: 'x.project_id = ?', order: 'x.project_id, x.user_id' },
  { name: 'areas', owner: 'x.project_id = ?', order: 'x.id' },
  { name: 'sections', owner: 'x.area_id IN (SELECT id FROM areas WHERE project_id = ?)', order: 'x.id' },
  {
    name: 'strings',
    owner: `x.section_id IN
      (SELECT s.id FROM sections s JOIN areas a ON a.id = s.area_id WHERE a.project_id = ?)`,
    order: 'x.id',
  },
  {
    name: 'translations',
    owner: `x.string_id IN (SELECT t.id FROM strings t JOIN sections s ON s.id = t.section_id
      JOIN areas a ON a.id = s.area_id WHERE a.project_id = ?)`,
    order: 'x.id',
  },
  { name: 'users', owner: null, order: 'x.id' },
];

/** Rows and SHA-256 of one project, read from the database itself: `{ counts, rows, checksum }`. */
export function projectEvidence(database, projectId) {
  const owned = tables.filter(({ owner }) => owner !== null);
  return evidence(database, owned, ({ owner }) => ` WHERE ${owner}`, [projectId]);
}

/** The same of every row of every table. */
export function databaseEvidence(database) {
  return evidence(database, tables, () => '', []);
}

async function evidence(database, selected, condition, values) {
  const hash = createHash('sha256');
  const counts = {};
  for (const table of selected) {
    const sql = `SELECT x.* FROM ${table.name} x${condition(table)} ORDER BY ${table.order}`;
    const rows = await database.rows(sql, values);
    counts[table.name] = rows.length;
    hash.update(`${table.name}\n${rows.map((row) => `${JSON.stringify(row)}\n`).join('')}`);
  }
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { counts, rows: total, checksum: hash.digest('hex') };
}
