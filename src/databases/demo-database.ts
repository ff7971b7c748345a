import Database from 'better-sqlite3';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { shortId } from '../common/random.js';
import { demoStatements } from './demo-statements.js';

/**
 * Makes the demo's database unless there is a file at `path`; true when it was made. It appears whole or not at all.
 * Synchronous, as SQLite is: it is some hundred rows, written once, before the service answers.
 */
export function createDemoDatabase(path: string): boolean {
  if (existsSync(path)) return false;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const working = `${path}.${shortId()}.partial`;
  try {
    fill(working);
    sync(working);
    renameSync(working, path);
    sync(dirname(path));
    return true;
  } finally {
    rmSync(working, { force: true });
  }
}

function fill(path: string): void {
  const database = new Database(path);
  try {
    database.pragma('foreign_keys = ON');
    database.transaction(() => {
      for (const statement of demoStatements('sqlite')) database.exec(statement);
    })();
  } finally {
    database.close();
  }
}

/** Makes a file's bytes, or a folder's entries, survive a power cut. */
function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
