import { everything, type Target } from './target.js';

/**
 * An application for translations: two large projects and a small one, which share users and languages. It has a key of
 * several columns, a table without a key, a tree (sections), a cycle of tables (an area's first section), a way that
 * every row has beside one that it may have, and rows that only point at a project's (reports).
 */
const tables = [
  'CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL UNIQUE)',
  'CREATE TABLE languages (code VARCHAR(8) NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL)',
  'CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL, settings TEXT)',
  `CREATE TABLE members (
    project_id INTEGER NOT NULL, user_id INTEGER NOT NULL, role VARCHAR(16) NOT NULL, PRIMARY KEY (project_id, user_id),
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY (user_id) REFERENCES users (id))`,
  `CREATE TABLE areas (
    id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, name VARCHAR(100) NOT NULL, first_section_id INTEGER,
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY (first_section_id) REFERENCES sections (id) ON DELETE CASCADE)`,
  `CREATE TABLE sections (
    id INTEGER PRIMARY KEY, area_id INTEGER NOT NULL, parent_id INTEGER, name VARCHAR(100) NOT NULL,
    FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE,
    FOREIGN KEY (parent_id) REFERENCES sections (id) ON DELETE CASCADE)`,
  `CREATE TABLE strings (
    id INTEGER PRIMARY KEY, section_id INTEGER NOT NULL, name VARCHAR(100) NOT NULL, source TEXT NOT NULL,
    UNIQUE (section_id, name), FOREIGN KEY (section_id) REFERENCES sections (id) ON DELETE CASCADE)`,
  `CREATE TABLE translations (
    string_id INTEGER NOT NULL, language VARCHAR(8) NOT NULL, body TEXT NOT NULL, translator_id INTEGER,
    PRIMARY KEY (string_id, language),
    FOREIGN KEY (string_id) REFERENCES strings (id) ON DELETE CASCADE,
    FOREIGN KEY (language) REFERENCES languages (code),
    FOREIGN KEY (translator_id) REFERENCES users (id) ON DELETE SET NULL)`,
  `CREATE TABLE reviews (
    id INTEGER PRIMARY KEY, string_id INTEGER NOT NULL, language VARCHAR(8) NOT NULL, verdict VARCHAR(20), area_id INTEGER,
    FOREIGN KEY (string_id, language) REFERENCES translations (string_id, language) ON DELETE CASCADE,
    FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE)`,
  `CREATE TABLE notes (
    project_id INTEGER NOT NULL, body TEXT, weight DOUBLE,
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE)`,
  `CREATE TABLE reports (
    id INTEGER PRIMARY KEY, section_id INTEGER, body TEXT,
    FOREIGN KEY (section_id) REFERENCES sections (id) ON DELETE SET NULL)`,
  'CREATE TABLE news (id INTEGER PRIMARY KEY, body TEXT)',
];

const inProject: Record<string, (id: number) => string> = {
  projects: (id) => `id = ${id}`,
  members: (id) => `project_id = ${id}`,
  areas: (id) => `project_id = ${id}`,
  sections: (id) => `area_id IN (SELECT id FROM areas WHERE ${inProject['areas']?.(id)})`,
  strings: (id) => `section_id IN (SELECT id FROM sections WHERE ${inProject['sections']?.(id)})`,
  translations: (id) => `string_id IN (SELECT id FROM strings WHERE ${inProject['strings']?.(id)})`,
  reviews: (id) => `string_id IN (SELECT id FROM strings WHERE ${inProject['strings']?.(id)})`,
  notes: (id) => `project_id = ${id}`,
};

/** The project's own tables. */
export const ownedTables = Object.keys(inProject);

const text = (value: string | number | null) =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
const values = (rows: (string | number | null)[][]) =>
  rows.map((row) => `(${row.map(text).join(', ')})`).join(', ');

/** Project 1 has the areas 10 and 11, the sections 100 to 105 and the strings 1000 to 1017; project 2 from 20, 200, 2000. */
function fill(): string[] {
  const odd = ['plain', `it's "quoted" 100% ?`, '😀 \u2028 ä', 'two\nlines\tand a tab', ''];
  const statements: string[] = [
    `INSERT INTO users VALUES (1, 'ada@x'), (2, 'bob@x'), (3, 'cy@x')`,
    `INSERT INTO languages VALUES ('de', 'German'), ('nb', 'Norwegian')`,
    `INSERT INTO projects VALUES (1, 'Reader', '{"a": 1}'), (2, 'Atlas', NULL), (3, 'Small', '')`,
    `INSERT INTO members VALUES (1, 1, 'admin'), (1, 2, 'member'), (2, 2, 'admin'), (2, 3, 'member')`,
    `INSERT INTO news VALUES (1, 'Nothing to do with projects')`,
  ];
  for (const project of [1, 2]) {
    const ids = (count: number, of: number) => Array.from({ length: count }, (_, at) => project * of + at);
    const areas = ids(2, 10);
    const sections = ids(6, 100);
    const strings = ids(18, 1000);
    const translations = strings.flatMap((id) => [
      [id, 'de', `${odd[id % 5]} auf deutsch`, (id % 3) + 1],
      [id, 'nb', odd[id % 5] ?? '', null],
    ]);
    statements.push(
      `INSERT INTO areas VALUES ${values(areas.map((id) => [id, project, `area ${id}`, null]))}`,
      `INSERT INTO sections VALUES ${values(
        sections.map((id, at) => [
          id,
          areas[at % 2] ?? 0,
          at < 4 ? null : (sections[at - 4] ?? null),
          `section ${id}`,
        ]),
      )}`,
      `UPDATE areas SET first_section_id = ${sections[0]} WHERE id = ${areas[0]}`,
      `INSERT INTO strings VALUES ${values(
        strings.map((id, at) => [id, sections[at % 6] ?? 0, `key.${at}`, odd[at % 5] ?? '']),
      )}`,
      `INSERT INTO translations VALUES ${values(translations)}`,
      `INSERT INTO reviews VALUES ${values(
        strings
          .slice(0, 6)
          .map((id, at) => [id * 10, id, 'de', at % 2 ? 'good' : null, at % 2 ? (areas[0] ?? 0) : null]),
      )}`,
      `INSERT INTO notes VALUES ${values([
        [project, 'twice', 1.5],
        [project, 'twice', 1.5],
        [project, null, null],
        [project, 'once', 0.1],
      ])}`,
      `INSERT INTO reports VALUES (${project}, ${sections[5]}, 'about a section')`,
    );
  }
  return statements;
}

/*
 * Rows are removed from below here, not by the server's cascades: MySQL 9.7 leaves rows behind where they go down
 * three levels.
 */

/** Removes areas and all below them. */
export function removeAreas(areas: string): string {
  const sections = `area_id IN (SELECT id FROM areas WHERE ${areas})`;
  return `UPDATE areas SET first_section_id = NULL WHERE ${areas}; ${removeSections(sections)};
    DELETE FROM areas WHERE ${areas}`;
}

/** Removes sections that are nobody's first, together with those below them, and their strings. */
export function removeSections(sections: string): string {
  const strings = `section_id IN (SELECT id FROM sections WHERE ${sections})`;
  const ofStrings = `string_id IN (SELECT id FROM strings WHERE ${strings})`;
  return `DELETE FROM reviews WHERE ${ofStrings}; DELETE FROM translations WHERE ${ofStrings};
    DELETE FROM strings WHERE ${strings};
    UPDATE sections SET parent_id = NULL WHERE ${sections}; DELETE FROM sections WHERE ${sections}`;
}

export function removeStrings(strings: string): string {
  const below = `string_id IN (SELECT id FROM strings WHERE ${strings})`;
  return `DELETE FROM reviews WHERE ${below}; DELETE FROM translations WHERE ${below}; DELETE FROM strings WHERE ${strings}`;
}

export function removeProject(id: number): string {
  const own = ['members', 'notes'].map((table) => `DELETE FROM ${table} WHERE project_id = ${id}`);
  return [...own, removeAreas(`project_id = ${id}`), `DELETE FROM projects WHERE id = ${id}`].join('; ');
}

/** Makes the application's tables and fills them. */
export async function createLocalization(target: Target): Promise<void> {
  // An area refers to its first section before there are sections.
  await target.runUnchecked(tables.join(';\n'));
  await target.run(fill().join(';\n'));
}

/** Puts everything back to how `createLocalization` leaves it, also after a test has added tables or triggers. */
export async function resetLocalization(target: Target): Promise<void> {
  const names = await target.tables();
  const drops = names.map((name) => `DROP TABLE ${name}`);
  await target.runUnchecked(drops.join(';\n'));
  await createLocalization(target);
}

/** The rows of one project by table, found by SQL of the test's own. */
export async function rowsOfProject(target: Target, id: number): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [table, condition] of Object.entries(inProject)) {
    found[table] = (await target.rows(`SELECT * FROM ${table} WHERE ${condition(id)}`)).sort();
  }
  return found;
}

/** Every row of every table that is not of this project. */
export async function rowsOfOthers(target: Target, id: number): Promise<Record<string, string[]>> {
  const found = await everything(target);
  for (const [table, condition] of Object.entries(inProject)) {
    found[table] = (await target.rows(`SELECT * FROM ${table} WHERE NOT (${condition(id)})`)).sort();
  }
  return found;
}
