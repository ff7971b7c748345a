import { demoProjects, demoUsers, translatedInto } from './demo-content.js';

type Value = string | number | null;

const created = '2026-01-05 08:00:00';
const statuses = ['final', 'final', 'reviewed', 'draft'] as const;

/** The statements that make and fill the demo's database, one by one, in an order that satisfies every foreign key. */
export function demoStatements(dialect: 'sqlite' | 'mysql'): string[] {
  return [...tables(dialect), ...rows().map(([table, values]) => insert(table, values))];
}

function tables(dialect: 'sqlite' | 'mysql'): string[] {
  const mysql = dialect === 'mysql';
  const id = mysql ? 'INT UNSIGNED AUTO_INCREMENT PRIMARY KEY' : 'INTEGER PRIMARY KEY';
  const reference = mysql ? 'INT UNSIGNED' : 'INTEGER';
  const options = mysql ? ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4' : '';
  const table = (name: string, ...lines: string[]) =>
    `CREATE TABLE ${name} (\n  ${lines.join(',\n  ')}\n)${options}`;
  const belongsTo = (column: string, parent: string, onDelete = 'CASCADE') =>
    `FOREIGN KEY (${column}) REFERENCES ${parent} (id) ON DELETE ${onDelete}`;

  return [
    table('users', `id ${id}`, 'email VARCHAR(190) NOT NULL UNIQUE', 'name VARCHAR(120) NOT NULL'),
    table('projects', `id ${id}`, 'name VARCHAR(190) NOT NULL', 'created_at DATETIME NOT NULL'),
    table(
      'project_members',
      `project_id ${reference} NOT NULL`,
      `user_id ${reference} NOT NULL`,
      "role VARCHAR(16) NOT NULL CHECK (role IN ('admin', 'member'))",
      'PRIMARY KEY (project_id, user_id)',
      belongsTo('project_id', 'projects'),
      belongsTo('user_id', 'users'),
    ),
    table(
      'areas',
      `id ${id}`,
      `project_id ${reference} NOT NULL`,
      'name VARCHAR(190) NOT NULL',
      'position INT NOT NULL',
      belongsTo('project_id', 'projects'),
    ),
    table(
      'sections',
      `id ${id}`,
      `area_id ${reference} NOT NULL`,
      'name VARCHAR(190) NOT NULL',
      'position INT NOT NULL',
      belongsTo('area_id', 'areas'),
    ),
    table(
      'strings',
      `id ${id}`,
      `section_id ${reference} NOT NULL`,
      // Backticks: `key` is a reserved word in MySQL, and SQLite reads them too.
      '`key` VARCHAR(190) NOT NULL',
      'source TEXT NOT NULL',
      'updated_at DATETIME NOT NULL',
      'UNIQUE (section_id, `key`)',
      belongsTo('section_id', 'sections'),
    ),
    table(
      'translations',
      `id ${id}`,
      `string_id ${reference} NOT NULL`,
      'locale VARCHAR(16) NOT NULL',
      'value TEXT NOT NULL',
      "status VARCHAR(16) NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'reviewed', 'final'))",
      `translator_id ${reference} NULL`,
      'updated_at DATETIME NOT NULL',
      'UNIQUE (string_id, locale)',
      belongsTo('string_id', 'strings'),
      belongsTo('translator_id', 'users', 'SET NULL'),
    ),
  ];
}

/** Rows by table, parents first. Ids count from 1 through both projects. */
function rows(): [table: string, rows: Value[][]][] {
  const members: Value[][] = [];
  const areas: Value[][] = [];
  const sections: Value[][] = [];
  const strings: Value[][] = [];
  const translations: Value[][] = [];

  demoUsers.forEach((user, index) => {
    for (const { project, role } of user.projects) members.push([project, index + 1, role]);
  });
  demoProjects.forEach((project, projectIndex) => {
    project.areas.forEach((area, areaPosition) => {
      areas.push([areas.length + 1, projectIndex + 1, area.name, areaPosition + 1]);
      area.sections.forEach((section, sectionPosition) => {
        sections.push([sections.length + 1, areas.length, section.name, sectionPosition + 1]);
        for (const { key, source, translations: texts } of section.strings) {
          strings.push([strings.length + 1, sections.length, key, source, created]);
          texts.forEach((text, language) => {
            const id = translations.length + 1;
            const translator = id % 7 === 0 ? null : 1 + (id % demoUsers.length);
            const status = statuses[id % statuses.length] ?? 'draft';
            const locale = translatedInto[language] ?? 'en';
            if (text !== '')
              translations.push([id, strings.length, locale, text, status, translator, later(id)]);
          });
        }
      });
    });
  });
  return [
    ['users', demoUsers.map(({ email, name }, index) => [index + 1, email, name])],
    ['projects', demoProjects.map(({ name }, index) => [index + 1, name, created])],
    ['project_members', members],
    ['areas', areas],
    ['sections', sections],
    ['strings', strings],
    ['translations', translations],
  ];
}

/** A moment some minutes after the beginning, so that the rows do not all look the same. */
function later(minutes: number): string {
  const moment = new Date(`${created.replace(' ', 'T')}Z`);
  moment.setUTCMinutes(minutes * 17);
  return moment.toISOString().slice(0, 19).replace('T', ' ');
}

function insert(table: string, values: Value[][]): string {
  const lines = values.map((row) => `  (${row.map(literal).join(', ')})`);
  return `INSERT INTO ${table} VALUES\n${lines.join(',\n')}`;
}

/** The texts hold no backslash, which MySQL and SQLite read differently. */
function literal(value: Value): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
