import type { Ownership, Reference, RowSelection } from '../../src/engines/rows.types.js';
import type { ContractDatabase } from './harness.types.js';

/** A small application in which project rows hang on their project by one, two and three foreign keys. */
const tables = [
  `CREATE TABLE projects (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL)`,
  `CREATE TABLE areas (id BIGINT NOT NULL PRIMARY KEY, project_id BIGINT NOT NULL, name VARCHAR(100) NOT NULL,
    UNIQUE (project_id, name), FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE)`,
  `CREATE TABLE strings (id BIGINT NOT NULL PRIMARY KEY, area_id BIGINT, size BIGINT,
    twice BIGINT GENERATED ALWAYS AS (size * 2) STORED,
    FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE SET NULL)`,
  `CREATE TABLE translations (string_id BIGINT NOT NULL, locale VARCHAR(10) NOT NULL, content TEXT,
    PRIMARY KEY (string_id, locale), FOREIGN KEY (string_id) REFERENCES strings (id))`,
  `CREATE TABLE reviews (id BIGINT NOT NULL PRIMARY KEY, string_id BIGINT, locale VARCHAR(10), area_id BIGINT,
    FOREIGN KEY (string_id, locale) REFERENCES translations (string_id, locale),
    FOREIGN KEY (area_id) REFERENCES areas (id))`,
  `CREATE TABLE terms (word VARCHAR(60) NOT NULL PRIMARY KEY, project_id BIGINT NOT NULL, payload BLOB,
    amount BIGINT, note TEXT, FOREIGN KEY (project_id) REFERENCES projects (id))`,
  `CREATE TABLE journal (entry BIGINT NOT NULL)`,
];

const objects = [
  `CREATE VIEW area_names AS SELECT name FROM areas`,
  `CREATE TRIGGER area_added AFTER INSERT ON areas FOR EACH ROW BEGIN INSERT INTO journal VALUES (NEW.id); END`,
];

const rows = [
  `INSERT INTO projects VALUES (1, 'Atlas'), (2, 'Borealis')`,
  `INSERT INTO areas VALUES (10, 1, 'web'), (11, 1, 'app'), (20, 2, 'web')`,
  `INSERT INTO strings (id, area_id, size) VALUES (100, 10, 5), (101, 11, NULL), (200, 20, 7), (900, NULL, 1)`,
  `INSERT INTO translations VALUES (100, 'en', 'Hello'), (100, 'de', 'Grüß Gott'), (101, 'en', NULL), (200, 'en', '🌲')`,
  `INSERT INTO reviews VALUES (1, 100, 'de', NULL), (2, NULL, NULL, 11), (3, 200, 'en', NULL), (4, 100, NULL, NULL)`,
  `INSERT INTO terms VALUES ('zoo', 1, x'00FF0A27', 9223372036854775807, 'it''s "quoted"'),
    ('Zebra', 1, NULL, -9223372036854775808, '🦓'), ('apple', 1, x'', 9007199254740993, ''),
    ('Äpfel', 1, NULL, 9007199254740991, NULL), ('Éclair', 1, NULL, NULL, 'line
break'), ('Birne', 2, x'01', 0, NULL)`,
];

export async function createTables(database: ContractDatabase): Promise<void> {
  for (const sql of [...tables, ...objects]) await database.exec(sql);
}

export async function fill(database: ContractDatabase): Promise<void> {
  for (const sql of rows) await database.exec(sql);
}

/** Every row of every table, as text; equal before and after means that nothing changed. */
export async function contentOf(
  database: ContractDatabase,
  quote: (name: string) => string,
): Promise<string[]> {
  const lines: string[] = [];
  for (const table of await database.tables()) {
    const found = await database.query(`SELECT * FROM ${quote(table)}`);
    const written = found.map((row) => JSON.stringify(row, (_, value: unknown) => plain(value)));
    lines.push(`${table}: ${found.length} rows`, ...written.sort());
  }
  return lines;
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

const root: Ownership = { kind: 'root', column: 'id' };
const toProject: Reference = {
  columns: ['project_id'],
  parent: 'projects',
  parentColumns: ['id'],
  parentOwner: root,
};
const byProject: Ownership = { kind: 'references', anyOf: [toProject] };
const toArea: Reference = {
  columns: ['area_id'],
  parent: 'areas',
  parentColumns: ['id'],
  parentOwner: byProject,
};
const byArea: Ownership = { kind: 'references', anyOf: [toArea] };
const toString: Reference = {
  columns: ['string_id'],
  parent: 'strings',
  parentColumns: ['id'],
  parentOwner: byArea,
};
const byString: Ownership = { kind: 'references', anyOf: [toString] };
const toTranslation: Reference = {
  columns: ['string_id', 'locale'],
  parent: 'translations',
  parentColumns: ['string_id', 'locale'],
  parentOwner: byString,
};

export const references = { toProject, toArea, toString, toTranslation };

/** One project's rows of each table. */
export function selections(project: number) {
  const selection = (table: string, columns: string[], key: string[], owner: Ownership): RowSelection => ({
    table,
    columns,
    key,
    owner,
    rootKey: project,
  });
  return {
    projects: selection('projects', ['id', 'name'], ['id'], root),
    areas: selection('areas', ['id', 'project_id', 'name'], ['id'], byProject),
    strings: selection('strings', ['id', 'area_id', 'size'], ['id'], byArea),
    translations: selection(
      'translations',
      ['string_id', 'locale', 'content'],
      ['string_id', 'locale'],
      byString,
    ),
    reviews: selection('reviews', ['id', 'string_id', 'locale', 'area_id'], ['id'], {
      kind: 'references',
      anyOf: [toTranslation, toArea],
    }),
    terms: selection('terms', ['word', 'project_id', 'payload', 'amount', 'note'], ['word'], byProject),
  };
}
