import Database from 'better-sqlite3';
import { join } from 'node:path';

/** A backup that is made, and its copy in one place, as the catalogue has them. */
export interface WatchedCopy {
  /** Of the backup, in the backup folder and in the place. */
  path: string;
  /** Of the backup. */
  sha256: string;
  place: string;
  state: string;
}

/** Looks at copies from outside, in the SQLite catalogue: the service may be killed at any moment. */
export class CopyWatch {
  readonly #catalogue: Database.Database;

  constructor(serviceFolder: string) {
    this.#catalogue = new Database(join(serviceFolder, 'data', 'catalog.db'), { timeout: 5_000 });
  }

  /** Those of the newest backup first. */
  all(): WatchedCopy[] {
    const sql = `SELECT backup.path, backup.sha256, copy.place, copy.state
      FROM backups backup JOIN offsite_copies copy ON copy.backup_id = backup.id ORDER BY backup.seq DESC`;
    return this.#catalogue.prepare<[], WatchedCopy>(sql).all();
  }

  of(path: string): WatchedCopy[] {
    return this.all().filter((copy) => copy.path === path);
  }

  /** As if the minute were over for which a process that died keeps its copies to itself. */
  passMinute(): void {
    const sql = 'UPDATE offsite_copies SET claimed_until = ? WHERE claimed_until IS NOT NULL';
    this.#catalogue.prepare(sql).run(new Date(0).toISOString());
  }

  close(): void {
    this.#catalogue.close();
  }
}
