import Database from 'better-sqlite3';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoDatabase } from './demo-database.js';
import { demoStatements } from './demo-statements.js';

describe('the demo database', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
    path = join(folder, 'demo.db');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function query(sql: string): unknown[] {
    const database = new Database(path, { readonly: true });
    try {
      return database.prepare(sql).raw().all();
    } finally {
      database.close();
    }
  }

  it('has two projects, each with texts of its own', () => {
    expect(createDemoDatabase(path)).toBe(true);
    const perProject = `SELECT p.name, COUNT(DISTINCT s.id), COUNT(t.id) FROM projects p
      JOIN areas a ON a.project_id = p.id JOIN sections c ON c.area_id = a.id
      JOIN strings s ON s.section_id = c.id LEFT JOIN translations t ON t.string_id = s.id
      GROUP BY p.id ORDER BY p.id`;
    expect(query(perProject)).toEqual([
      ['Harbour web shop', 24, 70],
      ['City Museum guide', 23, 68],
    ]);
  });

  it('has no foreign key that points to nothing', () => {
    createDemoDatabase(path);
    expect(query('PRAGMA foreign_key_check')).toEqual([]);
  });

  it('keeps quotes, umlauts and emoji', () => {
    createDemoDatabase(path);
    expect(query("SELECT name FROM users WHERE name LIKE 'Tor%'")).toEqual([["Tor O'Neill"]]);
    expect(query("SELECT value FROM translations WHERE value LIKE '%krabbe%'")).toEqual([
      ['Renset krabbe 🦀'],
    ]);
  });

  it('leaves nothing but itself in its folder', () => {
    createDemoDatabase(path);
    expect(readdirSync(folder)).toEqual(['demo.db']);
  });

  it('never takes the place of a file', () => {
    writeFileSync(path, 'mine');
    expect(createDemoDatabase(path)).toBe(false);
    expect(readdirSync(folder)).toEqual(['demo.db']);
  });

  it('reads the same in SQLite and MySQL: no backslash, the same rows', () => {
    const rowsOf = (dialect: 'sqlite' | 'mysql') =>
      demoStatements(dialect).filter((sql) => sql.startsWith('INSERT'));
    expect(rowsOf('mysql')).toEqual(rowsOf('sqlite'));
    expect(rowsOf('mysql').join('')).not.toContain('\\');
  });
});
