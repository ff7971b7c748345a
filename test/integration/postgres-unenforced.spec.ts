import { parsePostgresUrl } from '../../src/config/postgres-url.js';
import { PostgresRows } from '../../src/engines/postgres/rows/postgres-rows.js';
import type { RowSelection } from '../../src/engines/rows.types.js';
import { describeOnPostgres, temporaryDatabase, type TemporaryDatabase } from '../support/postgres.js';

const tables = `
  CREATE SCHEMA staff;
  CREATE TABLE staff."Users" (id integer PRIMARY KEY);
  CREATE TABLE projects (id integer PRIMARY KEY, place integer UNIQUE DEFERRABLE,
    owner integer REFERENCES staff."Users");
  CREATE TABLE staff.badges (id integer PRIMARY KEY, project integer REFERENCES public.projects ON DELETE CASCADE);
  CREATE TABLE tickets (id integer GENERATED ALWAYS AS IDENTITY, project integer);
  CREATE SEQUENCE downwards INCREMENT -1 OWNED BY tickets.project;
  INSERT INTO staff."Users" VALUES (1);
  INSERT INTO projects VALUES (1, 1, 1), (2, 2, NULL);
  INSERT INTO staff.badges VALUES (7, 2)`;

/** What a session without foreign keys and triggers does not hold to by itself. */
describeOnPostgres('A project’s transaction', (server) => {
  let database: TemporaryDatabase;
  let rows: PostgresRows;

  beforeAll(async () => {
    database = await temporaryDatabase(server);
    rows = new PostgresRows(parsePostgresUrl(database.url));
  });
  afterAll(() => database.drop());
  beforeEach(() =>
    database.query(`DROP SCHEMA IF EXISTS public, staff CASCADE; CREATE SCHEMA public; ${tables}`),
  );

  const columns = ['id', 'place', 'owner'];
  const selection = (rootKey: number): RowSelection => ({
    table: 'projects',
    columns,
    key: ['id'],
    owner: { kind: 'root', column: 'id' },
    rootKey,
  });
  const refused = (about: RegExp) =>
    expect.objectContaining({
      code: 'conflict',
      detail: expect.stringMatching(about) as string,
    }) as Error;

  async function mustRefuse(
    work: Parameters<typeof rows.transaction<unknown>>[0],
    about: RegExp,
  ): Promise<void> {
    const content = () => database.query('SELECT * FROM projects ORDER BY id');
    const before = await content();
    await expect(rows.transaction(work)).rejects.toEqual(refused(about));
    expect(await content()).toEqual(before);
  }

  it('is refused when its rows refer to a row of another schema that is gone', () =>
    mustRefuse(
      (writer) => writer.insert('projects', columns, [[3, 3, 99]]),
      /^Rows of projects would refer by owner to rows of staff\.Users that are not there/,
    ));

  it('is refused when rows of another schema refer to what it has removed', () =>
    mustRefuse(
      (writer) => writer.remove(selection(2), [[2]]),
      /^Rows of staff\.badges would refer by project to rows of projects/,
    ));

  it('is refused when it writes a key twice that is checked at the end only', () =>
    mustRefuse(
      (writer) => writer.insert('projects', columns, [[3, 2, null]]),
      /^The table projects already has a row with one of these keys/,
    ));

  it('is done when all that refers to something finds it, and what is removed comes back', async () => {
    await rows.transaction(async (writer) => {
      await writer.remove(selection(2), [[2]]);
      await writer.insert('projects', columns, [
        [2, 4, 1],
        [3, null, null],
        [4, null, 1],
      ]);
    });
    expect(await database.query('SELECT count(*) FROM projects')).toEqual([['4']]);
    expect(await database.query('SELECT project FROM staff.badges')).toEqual([['2']]);
  });

  it('moves on what hands out ids, and leaves alone what counts the other way', async () => {
    await rows.transaction((writer) => writer.insert('tickets', ['id', 'project'], [[41, 5]]));
    const next = await database.query('INSERT INTO tickets (project) VALUES (1) RETURNING id');
    expect(next).toEqual([['42']]);
    expect(await database.query(`SELECT nextval('downwards')`)).toEqual([['-1']]);
  });
});
