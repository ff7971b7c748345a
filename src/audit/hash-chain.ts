import { createHash } from 'node:crypto';
import type { AuditFacts, BrokenEntry, ShownAuditEntry } from './audit.types.js';

/** What the first entry says in place of its predecessor's hash. */
export const genesis = '0'.repeat(64);

/** SHA-256 of the entry's canonical JSON, in hexadecimal; docs/format.md describes it for readers of other languages. */
export function hashOf(facts: AuditFacts): string {
  return createHash('sha256').update(canonicalJson(facts)).digest('hex');
}

/** JSON without white space, the names of every object sorted: one text for one value, whatever order it was made in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => (isObject(part) ? sorted(part) : part));
}

/** Follows a chain from its beginning, an entry at a time. */
export class ChainCheck {
  #entries = 0;
  #last = { seq: 0, hash: genesis };

  get entries(): number {
    return this.#entries;
  }

  get head(): string {
    return this.#last.hash;
  }

  /** What is wrong with the next entry, or null when it fits. */
  next({ hash, ...facts }: ShownAuditEntry): BrokenEntry | null {
    const expected = this.#last;
    this.#entries += 1;
    this.#last = { seq: facts.seq, hash };
    if (facts.seq !== expected.seq + 1) {
      return { seq: expected.seq + 1, reason: 'The entry is missing.' };
    }
    if (facts.prev_hash !== expected.hash) {
      return { seq: facts.seq, reason: 'The entry does not follow the one before it.' };
    }
    if (hash !== hashOf(facts)) {
      return { seq: facts.seq, reason: 'The content of the entry was changed.' };
    }
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
