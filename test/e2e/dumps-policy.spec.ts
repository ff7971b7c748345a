import Database from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { postgresTarget } from '../factories/postgres-target.js';
import { describeOnEveryEngine, mysqlTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { postgresUrl } from '../support/postgres.js';
import { testServers } from '../support/servers.js';
import { rawRequest } from './support/raw-request.js';

/** What nobody may find in a public dump; as it stands in the column. */
const hidden = {
  emails: ["anna.o'neil@example.net", 'bo"b\\smith@example.net', 'çelik.ünal@example.net'],
  passwords: ['$argon2id$first-secret', '$argon2id$second-secret', '$argon2id$third-secret'],
  notes: ['two lines\nof private notes', 'prefers "mornings"', 'tab\tand backslash \\ in it'],
  faces: ['6661636531206f6620616e6e61', '00ff27220a5c1a6661636532', '666163653320666f72206365'],
  ssns: ['901-22-3344', '902-22-3344', '903-22-3344'],
};

const policy = {
  tables: {
    countries: { code: 'keep', name: 'keep' },
    members: {
      id: 'keep',
      email: { mask: 'email' },
      password: 'drop',
      name: { mask: 'keep-length' },
      notes: { mask: 'text', text: 'nothing to see' },
      face: { mask: 'null' },
      card: { mask: 'hash' },
      visits: { mask: 'number', min: 1, max: 9 },
      country: 'keep',
    },
    loans: { id: 'keep', card: { mask: 'hash' }, book: 'keep' },
  },
};

const quoted = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "''");

async function fill(target: Target): Promise<void> {
  const text = (value: string) =>
    `'${target.kind === 'mysql' ? quoted(value) : value.replaceAll("'", "''")}'`;
  await target.run(`
    CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(40) NOT NULL);
    CREATE TABLE members (
      id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, password VARCHAR(80) NOT NULL,
      name VARCHAR(60), notes TEXT, face BLOB, card VARCHAR(40) NOT NULL UNIQUE, visits INTEGER,
      country CHAR(2), ssn VARCHAR(20), CHECK (visits >= 0),
      FOREIGN KEY (country) REFERENCES countries (code));
    CREATE TABLE loans (
      id INTEGER PRIMARY KEY, card VARCHAR(40) NOT NULL, book VARCHAR(200),
      FOREIGN KEY (card) REFERENCES members (card));
    CREATE TABLE sessions (id INTEGER PRIMARY KEY, token VARCHAR(80));
    CREATE VIEW addresses AS SELECT email FROM members;
    INSERT INTO countries VALUES ('NO', 'Norway'), ('TR', 'Turkey');
    INSERT INTO sessions VALUES (1, 'a-session-token-of-somebody');`);
  for (const at of [0, 1, 2]) {
    const { emails, passwords, notes, faces, ssns } = hidden;
    await target.run(`INSERT INTO members VALUES (${at + 1}, ${text(emails[at]!)}, ${text(passwords[at]!)},
      'Name number ${at}', ${text(notes[at]!)}, X'${faces[at]}', 'CARD-0000${at}', 4711, 'NO', ${text(ssns[at]!)})`);
    await target.run(`INSERT INTO loans VALUES (${at + 1}, 'CARD-0000${at}', 'A book of ${at}')`);
  }
  await target.run(
    `INSERT INTO members (id, email, password, card) VALUES (4, 'fourth@example.net', 'no', 'CARD-00009')`,
  );
}

describeOnEveryEngine('A public dump', (engine, open) => {
  let target: Target;
  let service: RunningApp;
  let root: Api;
  const path = process.env['PATH'];
  beforeAll(async () => {
    const tools = testServers.find(({ name }) => name === engine)?.tools;
    if (tools) process.env['PATH'] = `${tools}:${path}`;
    target = await open();
    await fill(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    root = await service.asSuperadmin();
    await root('POST', '/api/v1/backup');
  });
  afterAll(async () => {
    process.env['PATH'] = path;
    await service.stop();
    await target.drop();
  });

  const folder = () => join(service.folder, 'backups', 'dumps');
  const files = () => (existsSync(folder()) ? readdirSync(folder()) : []);
  const build = (wish: object = {}) => root('POST', '/api/admin/dump/build', wish);

  /** What a stranger gets. */
  async function download(id: number): Promise<Buffer> {
    return gunzipSync((await rawRequest(service.url, 'GET', `/dump/${id}`)).bytes);
  }

  it('is not made without a policy', async () => {
    const { status, body } = await build();
    expect([status, body.detail]).toEqual([
      409,
      expect.stringContaining('PUT /api/admin/dump/policy/default'),
    ]);
  });

  it('says what nobody has decided on yet', async () => {
    const put = await root('PUT', '/api/admin/dump/policy/default', policy);
    expect([put.status, put.body.source, put.body.policy]).toEqual([200, 'catalogue', policy]);
    const { body } = await root('GET', '/api/admin/dump/policy/default/undecided');
    expect(body).toEqual({
      database: 'default',
      undecided: [{ table: 'members', column: 'ssn' }],
      left_out: ['sessions'],
      gone: [],
      faults: [],
    });
  });

  it('holds what is kept, and nowhere a value of a masked, dropped or undecided column', async () => {
    const { status, body } = await build({ public: true });
    expect([status, body.detail]).toEqual([201, undefined]);
    expect(body.dump).toMatchObject({ public: true, database: 'default', state: 'present' });
    expect(body.dump.built).toMatchObject({
      tables: { countries: 2, loans: 3, members: 4 },
      dropped: ['members.password', 'members.ssn'],
      left_out: ['sessions'],
      notes: expect.arrayContaining(['Nobody has decided on members.ssn: it was dropped.']),
    });
    const bytes = await download(body.dump.dump_id);
    const text = bytes.toString('latin1').toLowerCase();
    for (const value of Object.values(hidden).flat()) {
      expect(bytes.includes(value)).toBe(false);
      expect(text.includes(Buffer.from(value).toString('hex'))).toBe(false);
    }
    for (const face of hidden.faces) expect(bytes.includes(Buffer.from(face, 'hex'))).toBe(false);
    for (const word of [
      'neil@',
      'smith@',
      '4711',
      'session-token',
      'CARD-0000',
      'Name number',
      'holdfast-test',
    ]) {
      expect([word, bytes.includes(word)]).toEqual([word, false]);
    }
    for (const word of ['Norway', 'A book of 2', '@example.com', 'nothing to see']) {
      expect([word, bytes.includes(word)]).toEqual([word, true]);
    }
    expect(bytes.includes('-- Host')).toBe(false);

    // It can be loaded, and its rows find each other.
    const sql = `SELECT m.id, l.book, length(m.name), CASE WHEN m.visits BETWEEN 1 AND 9 THEN 1 END,
        CASE WHEN m.face IS NULL THEN 1 END
      FROM members m LEFT JOIN loans l ON l.card = m.card ORDER BY m.id`;
    const rows = await rowsIn(bytes, sql);
    expect(rows).toEqual([
      [1, 'A book of 0', 13, 1, 1],
      [2, 'A book of 1', 13, 1, 1],
      [3, 'A book of 2', 13, 1, 1],
      [4, null, null, null, 1],
    ]);
  });

  /** Of the database that a dump is. */
  async function rowsIn(dump: Buffer, sql: string): Promise<unknown[][]> {
    if (target.kind === 'sqlite') {
      const db = new Database(dump);
      return db.prepare<[], unknown[]>(sql).raw().all();
    }
    const other = await emptyTarget();
    try {
      if (other.kind === 'mysql') await other.run(dump.toString('utf8'));
      else
        execFileSync('psql', ['--quiet', '--set=ON_ERROR_STOP=1', `--dbname=${other.url}`], { input: dump });
      const found = await other.rows(sql);
      return found.map((row) =>
        row.split('|').map((cell) => (/^"\d+"$/.test(cell) ? Number(JSON.parse(cell)) : JSON.parse(cell))),
      );
    } finally {
      await other.drop();
    }
  }

  const emptyTarget = () =>
    target.kind === 'postgres'
      ? postgresTarget({ url: postgresUrl ?? '' })
      : mysqlTarget({ url: testServers.find(({ name }) => name === engine)?.url ?? '' });

  it('is refused, and not there, when a hidden value stands elsewhere; the refusal names the column and no value', async () => {
    await target.run(`UPDATE loans SET book = 'lent to anna.o''neil@example.net, twice' WHERE id = 3`);
    await root('POST', '/api/v1/backup');
    const before = files();
    const { status, body } = await build({ public: true });
    expect([status, body.code]).toEqual([422, 'dump-leak']);
    expect(body.detail).toContain('members.email (in loans');
    expect(JSON.stringify(body)).not.toContain('neil');
    expect(files()).toEqual(before);

    // What else a policy may say is the same for every engine.
    if (target.kind !== 'sqlite') return;
    const members = { ...policy.tables.members, email: { mask: 'email', elsewhere: true } };
    const lenient = { tables: { ...policy.tables, members } };
    expect((await build({ policy: lenient })).status).toBe(201);
    const withoutBooks = { id: 'keep', card: { mask: 'hash' } };
    expect((await build({ policy: { tables: { ...policy.tables, loans: withoutBooks } } })).status).toBe(201);
  });

  it('is refused with a policy that does not fit, and says why', async () => {
    // What fits a column of MySQL has tests of its own, which take no time.
    if (target.kind !== 'sqlite') return;
    const members = { ...policy.tables.members, visits: { mask: 'email' } };
    const { status, body } = await build({ policy: { tables: { ...policy.tables, members } } });
    expect([status, body.detail]).toEqual([409, expect.stringContaining('members.visits')]);
    const odd = await root('PUT', '/api/admin/dump/policy/default', {
      tables: { members: { email: 'blur' } },
    });
    expect([odd.status, odd.body.errors[0].field]).toEqual([400, 'tables[members][email]']);
  });

  it('leaves live as it is, and nothing of its copy behind', async () => {
    expect(await target.rows("SELECT count(*) FROM members WHERE password LIKE '$argon2id%'")).toEqual([
      target.kind === 'sqlite' ? '3' : '"3"',
    ]);
    const work = join(service.folder, 'data', 'work');
    expect(existsSync(work) ? readdirSync(work) : []).toEqual([]);
  });
});
