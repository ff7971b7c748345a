import type { AuditFacts, BrokenEntry, ShownAuditEntry } from './audit.types.js';
import { canonicalJson, ChainCheck, genesis, hashOf } from './hash-chain.js';

function factsOf(seq: number, prev_hash: string): AuditFacts {
  return {
    seq,
    at: '2026-11-20T23:31:59.237Z',
    actor_id: 1,
    actor_name: 'Ada',
    actor_via: 'access-token',
    actor_token: null,
    address: '203.0.113.7',
    request_id: `request-${seq}`,
    action: 'full-restore',
    database: 'default',
    project_id: null,
    subject: `backup_${seq}.sql`,
    outcome: 'ok',
    error_code: null,
    details: { job: 'x', undo: null },
    prev_hash,
  };
}

function chainOf(length: number): ShownAuditEntry[] {
  const chain: ShownAuditEntry[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const facts = factsOf(seq, chain.at(-1)?.hash ?? genesis);
    chain.push({ ...facts, hash: hashOf(facts) });
  }
  return chain;
}

function firstBroken(chain: readonly ShownAuditEntry[]): BrokenEntry | null {
  const check = new ChainCheck();
  return chain.map((entry) => check.next(entry)).find((broken) => broken !== null) ?? null;
}

/** As somebody would who changes an entry and makes it agree with itself again. */
function rehashed(entry: ShownAuditEntry, changes: Partial<AuditFacts>): ShownAuditEntry {
  const facts: AuditFacts & { hash?: string } = { ...entry, ...changes };
  delete facts.hash;
  return { ...facts, hash: hashOf(facts) };
}

const at = (chain: ShownAuditEntry[], seq: number) => chain[seq - 1] as ShownAuditEntry;

describe('the chain of the audit log', () => {
  it('fits as it was made', () => {
    const check = new ChainCheck();
    const chain = chainOf(9);
    expect(chain.map((entry) => check.next(entry))).toEqual(Array(9).fill(null));
    expect([check.entries, check.head]).toEqual([9, at(chain, 9).hash]);
  });

  it('is empty at first', () => {
    expect([new ChainCheck().entries, new ChainCheck().head]).toEqual([0, genesis]);
  });

  it.each(Object.keys(factsOf(1, genesis)).filter((name) => !['seq', 'prev_hash'].includes(name)))(
    'tells a changed %s',
    (name) => {
      const chain = chainOf(9);
      chain[4] = { ...at(chain, 5), [name]: name === 'details' ? { job: 'y' } : 'changed' };
      expect(firstBroken(chain)).toEqual({ seq: 5, reason: 'The content of the entry was changed.' });
    },
  );

  it('tells a changed entry whose own hash was made to agree by the one after it', () => {
    const chain = chainOf(9);
    chain[4] = rehashed(at(chain, 5), { subject: 'another.sql' });
    expect(firstBroken(chain)).toEqual({ seq: 6, reason: 'The entry does not follow the one before it.' });
  });

  it.each([1, 5])('tells that the entry %i was removed', (seq) => {
    const chain = chainOf(9);
    expect(firstBroken(chain.toSpliced(seq - 1, 1))).toEqual({ seq, reason: 'The entry is missing.' });
  });

  it('tells that an entry was removed and the others were numbered anew', () => {
    const chain = chainOf(9).toSpliced(4, 1);
    const renumbered = chain.map((entry, index) => rehashed(entry, { seq: index + 1 }));
    expect(firstBroken(renumbered)?.seq).toBe(5);
  });

  it('tells an inserted entry', () => {
    const chain = chainOf(9);
    const inserted = rehashed(at(chain, 5), { subject: 'never.sql' });
    const pushed = chain.slice(4).map((entry) => ({ ...entry, seq: entry.seq + 1 }));
    expect(firstBroken([...chain.slice(0, 4), inserted, ...pushed])).toEqual({
      seq: 6,
      reason: 'The entry does not follow the one before it.',
    });
  });

  it('tells swapped entries', () => {
    const chain = chainOf(9);
    const [third, fourth] = [at(chain, 3), at(chain, 4)];
    chain[2] = { ...fourth, seq: 3 };
    chain[3] = { ...third, seq: 4 };
    expect(firstBroken(chain)?.seq).toBe(3);
  });

  it('does not tell that its end was cut off: the log lines do', () => {
    expect(firstBroken(chainOf(9).slice(0, 7))).toBeNull();
  });

  it('is made of the JSON that the documentation describes', () => {
    expect(canonicalJson({ b: [1, { z: 'ø"\n\u007f', a: null }], a: true })).toBe(
      '{"a":true,"b":[1,{"a":null,"z":"ø\\"\\n\u007f"}]}',
    );
    // Written down once, so that no later version hashes otherwise.
    expect(hashOf(factsOf(1, genesis))).toBe(
      '5570a0482250a5f46166e0e7d719873ed3fc0320b5f6bd065d3d033a560f522c',
    );
  });
});
