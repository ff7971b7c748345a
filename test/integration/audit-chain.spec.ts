import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AuditChain, type NewEntry } from '../../src/audit/audit-chain.js';
import { AuditEntry } from '../../src/audit/audit-entry.entity.js';
import { ChainCheck } from '../../src/audit/hash-chain.js';
import { Settings } from '../../src/config/settings.js';
import { catalogOptions } from '../../src/persistence/data-source.js';
import { describeOnServers, temporarySchema } from '../support/servers.js';

const processes = 5;
const entriesOfEach = 40;

const entry = (subject: string): NewEntry => ({
  at: '2026-11-20T23:31:59.237Z',
  actor_id: 1,
  actor_name: 'Zoë 😀 ',
  actor_via: 'cli',
  actor_token: null,
  address: null,
  request_id: null,
  action: 'full-backup',
  database: 'default',
  project_id: null,
  subject,
  outcome: 'ok',
  error_code: null,
  details: { zeta: 'ø', alpha: ['a', 'b'], count: 3, nothing: null },
});

/** As many processes would: each with connections of its own to one catalogue. */
async function appendAtOnce(url: string): Promise<void> {
  const sources: DataSource[] = [];
  for (let i = 0; i < processes; i += 1) {
    const options = catalogOptions(new Settings({ HOLDFAST_CATALOG_URL: url }));
    sources.push(await new DataSource({ ...options, entities: [AuditEntry] }).initialize());
  }
  try {
    const chains = sources.map((source) => new AuditChain(source.getRepository(AuditEntry)));
    const subjects = Array.from({ length: entriesOfEach }, (_, number) => number);
    const appended = await Promise.all(
      chains.flatMap((chain, by) => subjects.map((number) => chain.append(entry(`${by} ${number}`)))),
    );
    expect(new Set(appended.map(({ seq }) => seq)).size).toBe(processes * entriesOfEach);

    const check = new ChainCheck();
    const seen: string[] = [];
    for await (const page of (chains[0] as AuditChain).pages(7)) {
      for (const found of page) {
        expect(check.next(found)).toBeNull();
        seen.push(found.subject ?? '');
      }
    }
    expect(seen.sort()).toEqual(appended.map(({ subject }) => subject).sort());
    // What one process writes stays in its order.
    const ofFirst = appended.slice(0, entriesOfEach).map(({ seq }) => seq);
    expect(ofFirst).toEqual([...ofFirst].sort((a, b) => a - b));
  } finally {
    for (const source of sources) await source.destroy();
  }
}

const title = `The audit log, written by ${processes} processes at once`;

describe(`${title}, on SQLite`, () => {
  it('is one chain', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-audit-'));
    try {
      await appendAtOnce(`sqlite:${join(folder, 'catalog.db')}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describeOnServers(title, (server) => {
  it('is one chain', async () => {
    const schema = await temporarySchema(server);
    try {
      await appendAtOnce(schema.url);
    } finally {
      await schema.drop();
    }
  });
});
