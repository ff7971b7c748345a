import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DomainError, type ErrorCode, isDomainError } from '../common/errors.js';
import { currentRequest } from '../common/http/request-context.js';
import { SharedFlight } from '../common/shared-flight.js';
import { problems } from '../common/problem-details.js';
import { AuditChain, type NewEntry } from './audit-chain.js';
import type {
  AuditAct,
  AuditFilter,
  AuditOutcome,
  AuditVerification,
  ShownAuditEntry,
} from './audit.types.js';
import { ChainCheck } from './hash-chain.js';
import { Repeats } from './repeats.js';

const minuteMs = 60_000;

/** Who did what to which backup, when, from where, with what outcome. Entries are added and read, nothing else. */
@Injectable()
export class AuditService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #log = new Logger('audit');
  readonly #repeats = new Repeats<NewEntry>(minuteMs, 1000);
  /** Strangers can make up as many kinds of failures as they like. */
  readonly #repeatedRefusals = new Repeats<NewEntry>(minuteMs, 30);
  readonly #verification = new SharedFlight(() => this.#verify(), 60 * minuteMs);
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly chain: AuditChain,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.#noteRepeated(this.clock.monotonicMs()), minuteMs);
    this.#timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#noteRepeated(Infinity);
  }

  /**
   * For what must not happen unseen: call it before. Throws DomainError `audit-unavailable` when the entry cannot be
   * written; then do not go on.
   */
  async record(act: AuditAct, outcome: AuditOutcome, error?: unknown): Promise<void> {
    await this.#write(this.#entry(act, outcome, error));
  }

  /** For all else. An entry that cannot be written is an error in the log, and stops nothing. */
  async note(act: AuditAct, outcome: AuditOutcome, error?: unknown): Promise<void> {
    const entry = this.#entry(act, outcome, error);
    if (act.often === undefined || (await this.#isFirst(entry, act.often))) await this.#noteEntry(entry);
  }

  /** Something destructive between two entries: if the first cannot be written, it is not done. */
  async guard<T>(act: AuditAct, work: () => Promise<T>): Promise<T> {
    await this.record(act, 'started');
    try {
      const result = await work();
      await this.note(act, 'ok');
      return result;
    } catch (error) {
      await this.note(act, 'failed', error);
      throw error;
    }
  }

  /** Something that destroys nothing, with one entry after it. */
  async watch<T>(act: AuditAct, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      await this.note(act, 'ok');
      return result;
    } catch (error) {
      await this.note(act, isRefusal(error) ? 'refused' : 'failed', error);
      throw error;
    }
  }

  list(
    filter: AuditFilter,
    page: { offset: number; limit: number; descending: boolean },
  ): Promise<{ entries: ShownAuditEntry[]; total: number }> {
    return this.chain.list(filter, page);
  }

  /** Reads the whole log and recomputes every hash. Entries cut off at the end leave no trace here: see the log lines. */
  verify(): Promise<AuditVerification> {
    return this.#verification.join();
  }

  async #verify(): Promise<AuditVerification> {
    const check = new ChainCheck();
    let firstBroken: AuditVerification['firstBroken'];
    for await (const page of this.chain.pages()) {
      for (const entry of page) {
        const broken = check.next(entry);
        firstBroken ??= broken ?? undefined;
      }
    }
    const { entries, head } = check;
    return { intact: firstBroken === undefined, entries, head, ...(firstBroken && { firstBroken }) };
  }

  /** Taken down at once: what is written later still says when and where it was. */
  #entry({ by, ...act }: AuditAct, outcome: AuditOutcome, error: unknown): NewEntry {
    const request = currentRequest();
    return {
      at: this.clock.now().toISOString(),
      actor_id: by.id || null,
      actor_name: fitting(by.name, 190),
      actor_via: by.via,
      actor_token: by.apiToken?.id ?? null,
      address: request ? fitting(request.address, 64) : null,
      request_id: request?.requestId ?? null,
      action: act.action,
      database: act.database ?? null,
      project_id: act.projectId ?? null,
      subject: act.subject === undefined || act.subject === null ? null : fitting(String(act.subject), 255),
      outcome,
      error_code: error === undefined ? null : codeOf(error),
      details: act.details ?? {},
    };
  }

  async #isFirst(entry: NewEntry, kind: true | string): Promise<boolean> {
    const now = this.clock.monotonicMs();
    await this.#noteRepeated(now);
    const { actor_id, actor_via, address, action, database, project_id, subject, outcome, error_code } =
      entry;
    const who = [actor_id, actor_via, address];
    const what = [action, database, project_id, subject, outcome, error_code];
    const repeats = outcome === 'refused' ? this.#repeatedRefusals : this.#repeats;
    return repeats.isFirst(JSON.stringify([who, what, kind]), entry, now);
  }

  async #noteRepeated(nowMs: number): Promise<void> {
    for (const repeats of [this.#repeats, this.#repeatedRefusals]) {
      for (const { latest, more, mixed } of repeats.takeEnded(nowMs)) {
        await this.#noteEntry({
          ...latest,
          details: { ...latest.details, repeated: more, ...(mixed && { mixed }) },
        });
      }
    }
  }

  async #noteEntry(entry: NewEntry): Promise<void> {
    await this.#write(entry).catch((error: unknown) =>
      this.#log.error({ msg: 'not audited', entry, err: error }),
    );
  }

  /** Every entry's hash goes to the log, too: a log that is kept elsewhere tells when the chain's end is cut off. */
  async #write(entry: NewEntry): Promise<void> {
    try {
      const { seq, action, outcome, hash } = await this.chain.append(entry);
      this.#log.log({ msg: 'audit entry', seq, action, outcome, hash });
    } catch (error) {
      throw new DomainError(
        'audit-unavailable',
        'The audit log cannot be written, and this must not be done unseen. Look after the catalogue (HOLDFAST_CATALOG_URL), then try again.',
        { cause: error },
      );
    }
  }
}

/** At most so many characters, and none that a catalogue could not keep. */
function fitting(text: string, length: number): string {
  return Buffer.from(text.slice(0, length), 'utf8').toString('utf8');
}

function codeOf(error: unknown): ErrorCode {
  return isDomainError(error) ? error.code : 'internal';
}

function isRefusal(error: unknown): boolean {
  return problems[codeOf(error)].status < 500;
}
