import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, MoreThan, QueryFailedError, Repository } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf } from '../common/errors.js';
import { AuditEntry } from './audit-entry.entity.js';
import type { AuditDetails, AuditFacts, AuditFilter, ShownAuditEntry } from './audit.types.js';
import { canonicalJson, genesis, hashOf } from './hash-chain.js';

const mostTries = 60;

export type NewEntry = Omit<AuditFacts, 'seq' | 'prev_hash'>;

/** The rows of the audit log. They are added at the end and read; there is nothing here that changes or removes one. */
@Injectable()
export class AuditChain {
  #last: Promise<unknown> = Promise.resolve();

  constructor(@InjectRepository(AuditEntry) private readonly rows: Repository<AuditEntry>) {}

  /** Adds an entry. This process adds one at a time, so that only other processes can be in the way. */
  append(entry: NewEntry): Promise<ShownAuditEntry> {
    const appended = this.#last.then(() => this.#append(entry));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  /** Who is first at an end of the chain has it; the others find the new end and try again. */
  async #append(entry: NewEntry): Promise<ShownAuditEntry> {
    let head = await this.#head();
    for (let tries = 1; ; tries += 1) {
      const facts = { ...entry, seq: head.seq + 1, prev_hash: head.hash };
      const complete = { ...facts, hash: hashOf(facts) };
      try {
        await this.rows.insert(toRow(complete));
        return complete;
      } catch (error) {
        await sleep(tries);
        const now = await this.#head();
        const lostRace = now.seq !== head.seq || isDeadlock(error);
        if (!lostRace || tries === mostTries) throw error;
        head = now;
      }
    }
  }

  async #head(): Promise<Pick<AuditEntry, 'seq' | 'hash'>> {
    const [newest] = await this.rows.find({
      select: { seq: true, hash: true },
      order: { seq: 'DESC' },
      take: 1,
    });
    return newest ?? { seq: 0, hash: genesis };
  }

  /** Newest first. */
  async list(
    filter: AuditFilter,
    page: { offset: number; limit: number; descending: boolean },
  ): Promise<{ entries: ShownAuditEntry[]; total: number }> {
    const [rows, total] = await this.rows.findAndCount({
      where: where(filter),
      order: { seq: page.descending ? 'DESC' : 'ASC' },
      skip: page.offset,
      take: page.limit,
    });
    return { entries: rows.map(toShown), total };
  }

  /** From the beginning, some at a time, so that memory does not grow with the log. */
  async *pages(size = 500): AsyncGenerator<ShownAuditEntry[]> {
    let after: number | undefined;
    for (;;) {
      const rows = await this.rows.find({
        where: after === undefined ? {} : { seq: MoreThan(after) },
        order: { seq: 'ASC' },
        take: size,
      });
      if (rows.length > 0) yield rows.map(toShown);
      if (rows.length < size) return;
      after = rows.at(-1)?.seq;
    }
  }
}

/** InnoDB may end one of two insertions that race for the same keys. */
function isDeadlock(error: unknown): boolean {
  return error instanceof QueryFailedError && errorCodeOf(error.driverError) === 'ER_LOCK_DEADLOCK';
}

function where({ actor, ...exact }: AuditFilter): FindOptionsWhere<AuditEntry>[] {
  if (actor === undefined) return [exact];
  const named = { ...exact, actor_name: actor };
  return /^[1-9]\d{0,9}$/.test(actor) ? [{ ...exact, actor_id: Number(actor) }, named] : [named];
}

function toRow(entry: ShownAuditEntry): AuditEntry {
  return { ...entry, details: canonicalJson(entry.details) };
}

function toShown(row: AuditEntry): ShownAuditEntry {
  return { ...row, details: readDetails(row.details) };
}

/** What somebody has made unreadable is shown as text; the hash of the entry does not fit it then. */
function readDetails(text: string): AuditDetails {
  try {
    return JSON.parse(text) as AuditDetails;
  } catch {
    return { unreadable: String(text) };
  }
}
