import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePostgresUrl } from '../../src/config/postgres-url.js';
import type { DumpPolicy } from '../../src/dumps/build/dump-policy.js';
import { planReduction } from '../../src/dumps/build/plan-reduction.js';
import { PostgresEngine } from '../../src/engines/postgres/postgres-engine.js';
import { sourceOf, takeDump } from '../contract/artefact.js';
import { describeOnPostgres, temporaryDatabase, type TemporaryDatabase } from '../support/postgres.js';

const quoted = (name: string) =>
  (name.includes('.') ? name : `public.${name}`)
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');

/** Whatever can hang on a table, run on it, or tell of it. */
const shop = `
  CREATE EXTENSION citext;
  CREATE SCHEMA staff;
  CREATE TYPE mood AS ENUM ('calm', 'cross');
  CREATE TYPE verdict AS ENUM ('secret-label-one', 'secret-label-two');
  CREATE DOMAIN address AS text CHECK (VALUE LIKE '%@%');
  CREATE FUNCTION spy(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'secret-of-a-function'::text$$;
  CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.note := 'secret-of-a-trigger'; RETURN NEW; END$$;
  CREATE TABLE members (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE,
    email address NOT NULL,
    login citext UNIQUE,
    feeling mood DEFAULT 'calm',
    verdict verdict,
    tags text[],
    more jsonb,
    lower_email text GENERATED ALWAYS AS (lower(email)) STORED,
    secret text,
    of_secret integer GENERATED ALWAYS AS (length(secret)) STORED,
    note text DEFAULT spy('a'),
    born date CHECK (born > '1900-01-01'),
    CONSTRAINT secret_is_long CHECK (length(secret) > 3),
    EXCLUDE USING btree (secret WITH =));
  CREATE INDEX by_secret ON members (lower(secret));
  CREATE INDEX by_spy ON members (spy(note));
  CREATE INDEX by_born ON members (born);
  CREATE TABLE loans (id serial PRIMARY KEY, member uuid NOT NULL REFERENCES members (uuid) ON UPDATE RESTRICT,
    at timestamptz NOT NULL, book text) PARTITION BY RANGE (id);
  CREATE TABLE loans_few PARTITION OF loans (CHECK (book <> 'secret-of-a-check')) FOR VALUES FROM (1) TO (100);
  CREATE TABLE staff.loans_many PARTITION OF loans FOR VALUES FROM (100) TO (1000);
  CREATE TABLE archive (id integer, what text) PARTITION BY RANGE (id);
  CREATE TABLE archive_few PARTITION OF archive FOR VALUES FROM (1) TO (100);
  CREATE TABLE staff.people (id integer PRIMARY KEY, wage integer);
  CREATE TABLE places (id integer PRIMARY KEY, boss integer REFERENCES staff.people, name text);
  CREATE TABLE ports (berths integer) INHERITS (places);
  CREATE VIEW addresses AS SELECT 'secret-of-a-view'::text, email FROM members;
  CREATE MATERIALIZED VIEW frozen AS SELECT email FROM members;
  CREATE TRIGGER watched BEFORE UPDATE ON members FOR EACH ROW EXECUTE FUNCTION watch();
  CREATE RULE noted AS ON DELETE TO members DO ALSO SELECT 'secret-of-a-rule';
  CREATE POLICY only_some ON members USING (email <> 'secret-of@a.policy');
  ALTER TABLE members ENABLE ROW LEVEL SECURITY;
  CREATE STATISTICS joint ON email, secret FROM members;
  CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
  CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);
  CREATE FOREIGN DATA WRAPPER elsewhere;
  CREATE SERVER far FOREIGN DATA WRAPPER elsewhere OPTIONS (host 'secret-of-a-server');
  CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 'secret-of-a-mapping');
  CREATE PUBLICATION secret_publication FOR TABLE members;
  COMMENT ON COLUMN members.id IS 'secret-of-a-comment';
  SELECT lo_from_bytea(0, 'secret-of-a-large-object');
  INSERT INTO members (uuid, email, login, tags, more, secret, note, verdict, born) VALUES
    ('11111111-1111-4111-8111-111111111111', 'anna@example.net', 'Anna-of-the-Harbour', '{quick}', '{"a": 1}', 'secret-one', 'n1',
      'secret-label-one', '1980-02-03'),
    ('22222222-2222-4222-8222-222222222222', 'bo@example.net', 'Bo-of-the-Harbour', NULL, NULL, 'secret-two', 'n2', NULL, NULL);
  INSERT INTO loans (id, member, at, book) VALUES (1, '11111111-1111-4111-8111-111111111111', '2026-01-02 03:04:05+00', 'Emma'),
    (200, '22222222-2222-4222-8222-222222222222', '2026-01-02 03:04:05+00', 'Ada');
  INSERT INTO archive VALUES (1, 'secret-of-the-archive');
  INSERT INTO staff.people VALUES (1, 987654321);
  INSERT INTO places VALUES (1, 1, 'Town');
  INSERT INTO ports VALUES (2, 1, 'Pier', 3)`;

const policy: DumpPolicy = {
  tables: {
    members: {
      ...{ id: { mask: 'hash' }, uuid: { mask: 'hash' }, email: { mask: 'email' }, login: { mask: 'hash' } },
      ...{ feeling: 'keep', verdict: 'drop', tags: 'keep', more: 'keep', lower_email: 'keep' },
      ...{ secret: 'drop', of_secret: 'keep', note: 'keep', born: 'keep' },
    },
    loans: { id: 'keep', member: { mask: 'hash' }, at: 'keep', book: 'keep' },
    places: { id: 'keep', boss: 'keep', name: { mask: 'keep-length' } },
    ports: { id: 'keep', boss: 'drop', name: { mask: 'keep-length' }, berths: 'keep' },
  },
};

describeOnPostgres('A copy of a database for the public', (server) => {
  let live: TemporaryDatabase;
  let loaded: TemporaryDatabase;
  let folder: string;
  let dump: string;
  let notes: string[];

  beforeAll(async () => {
    live = await temporaryDatabase(server);
    loaded = await temporaryDatabase(server);
    folder = await mkdtemp(join(tmpdir(), 'holdfast-public-'));
    for (const statement of shop.split(/;\n/)) await live.query(statement);
    await reduce();
  });
  afterAll(async () => {
    await live.drop();
    await loaded.drop();
    await rm(folder, { recursive: true });
  });

  async function reduce(): Promise<void> {
    const engine = new PostgresEngine(parsePostgresUrl(live.url));
    const backup = await takeDump(engine, folder, 'b');
    const options = { id: 'p', workFolder: folder };
    const scratch = await engine.openScratch(sourceOf(backup), options);
    try {
      const plan = planReduction(await scratch.schema(), policy, (mask, column) =>
        scratch.whyUnfit(mask, column),
      );
      expect(plan.faults).toEqual([]);
      notes = await scratch.reduce({ tables: plan.tables, key: Buffer.alloc(32, 7) }, options);
      const { path } = await takeDump(scratch, folder, 'p');
      dump = await readFile(path, 'utf8');
    } finally {
      await scratch.discard();
    }
    execFileSync('psql', ['--quiet', '--set=ON_ERROR_STOP=1', `--dbname=${loaded.url}`], { input: dump });
  }

  it('has nothing of what was hidden, and nothing that is no table', () => {
    const told = dump.match(/secret[\w@.-]*|987654321|\w+@example\.net|\w+-of-the-harbour|[12]{8}-/gi) ?? [];
    expect(told).toEqual([]);
    expect(dump.match(/^CREATE TABLE .*(?= \()/gm)).toEqual(
      ['loans', 'loans_few', 'members', 'places', 'ports', 'staff.loans_many'].map(
        (name) => `CREATE TABLE ${quoted(name)}`,
      ),
    );
    expect(dump).not.toMatch(/^CREATE (?!TABLE|TYPE|DOMAIN|EXTENSION|SEQUENCE|SCHEMA|(UNIQUE )?INDEX)/m);
  });

  it('has its rows, which find each other, and what is computed of them', async () => {
    expect(
      await loaded.query(`SELECT l.book, m.email LIKE 'user\\_%@example.com', m.lower_email = m.email, m.tags, m.more, m.note, m.born
        FROM loans l JOIN members m ON m.uuid = l.member ORDER BY l.id`),
    ).toEqual([
      ['Emma', 't', 't', '{quick}', '{"a": 1}', 'n1', '1980-02-03'],
      ['Ada', 't', 't', null, null, 'n2', null],
    ]);
    expect(await loaded.query('SELECT id, boss, name FROM places')).toEqual([['1', '1', 'xxxx']]);
    expect(await loaded.query('SELECT * FROM ports')).toEqual([['2', 'xxxx', '3']]);
    expect(
      await loaded.query(`SELECT conname FROM pg_constraint WHERE conrelid = 'loans'::regclass`),
    ).toContainEqual(['loans_member_fkey']);
  });

  it('says what went beside what was asked for', () => {
    expect(notes).toEqual([
      'The table public.ports does not inherit from public.places any more; its rows are not among those of public.places.',
      'The column of_secret of members is not in it: it is made of what is not in it.',
      'The default note of members is not in it: it calls what is not in it.',
      'The check members_born_check of members is not in it: masked and dropped columns would break it, or it calls what is not in it.',
      'The key members_secret_excl of members is not in it: it has a column that is dropped, or calls what is not in it.',
      'The check secret_is_long of members is not in it: masked and dropped columns would break it, or it calls what is not in it.',
      'The index by_secret of members is not in it: it has a column that is dropped, or calls what is not in it.',
      'The index by_spy of members is not in it: it has a column that is dropped, or calls what is not in it.',
      'The foreign key places_boss_fkey of places is not in it: what it joins is not.',
    ]);
  });

  it('leaves live as it was, and nothing beside it', async () => {
    expect(await live.query('SELECT secret, lower_email FROM members ORDER BY 1')).toEqual([
      ['secret-one', 'anna@example.net'],
      ['secret-two', 'bo@example.net'],
    ]);
    expect(await live.beside('')).toEqual([]);
  });
});
