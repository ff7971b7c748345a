import { Injectable, Logger } from '@nestjs/common';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { type CopySummary, Elsewhere } from '../catalog/elsewhere.types.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { CopyRows } from './copy-rows.service.js';
import { FetchCopy } from './fetch-copy.js';
import type { OffsiteCopy } from './offsite-copy.entity.js';

/** What the copies mean for those who read, list and remove backups. */
@Injectable()
export class ElsewhereService extends Elsewhere {
  readonly #log = new Logger('offsite');

  constructor(
    private readonly rows: CopyRows,
    private readonly fetching: FetchCopy,
  ) {
    super();
  }

  override async copiesOf(backupIds: readonly string[]): Promise<Map<string, CopySummary[]>> {
    const byBackup = await this.rows.of(backupIds);
    return new Map([...byBackup].map(([id, copies]) => [id, copies.map((copy) => this.#summary(copy))]));
  }

  #summary(copy: OffsiteCopy): CopySummary {
    const { place, state, size, sha256, recipients, url, madeAt, checkedAt, error } = copy;
    const kind = this.rows.placeOf(copy)?.kind ?? null;
    const isGood = state === 'done' && kind !== null;
    return { place, kind, state, isGood, size, sha256, recipients, url, madeAt, checkedAt, error };
  }

  override async underWay(): Promise<Set<string>> {
    await this.rows.ensure();
    return this.rows.underWay();
  }

  override async bringBack(backup: BackupEntity): Promise<boolean> {
    const failures: DomainError[] = [];
    for (const copy of await this.rows.good(backup.id)) {
      const failure = await this.#tryToFetch(backup, copy);
      if (!failure) return true;
      failures.push(failure);
    }
    // A place that is away may still have a good one; a copy that is damaged is no copy.
    const [worth] = failures.filter(({ code }) => !['artefact-damaged', 'not-found'].includes(code));
    if (worth) throw worth;
    return false;
  }

  /** The error that says why this copy could not be had; one that is gone or damaged counts no more. */
  async #tryToFetch(backup: BackupEntity, copy: OffsiteCopy): Promise<DomainError | null> {
    const place = this.rows.placeOf(copy);
    if (!place) return null;
    try {
      await this.fetching.fetch(backup, copy, place);
      this.#log.log(`${backup.filename} was brought back from ${place.location}`);
      return null;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.#log.warn(`${backup.filename} could not be brought back from ${place.location}: ${error.detail}`);
      if (['artefact-damaged', 'not-found'].includes(error.code)) {
        await this.rows.checked(copy, { code: error.code, detail: error.detail });
      }
      return error;
    }
  }

  override async forget(backup: BackupEntity): Promise<void> {
    await this.rows.release(backup.id);
  }
}
