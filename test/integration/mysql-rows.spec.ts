import type { Connection } from 'mysql2/promise';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import { connect } from '../../src/engines/mysql/connection.js';
import { MysqlRows } from '../../src/engines/mysql/rows/mysql-rows.js';
import type { ForeignKey, Ownership, Reference, Row, RowSelection } from '../../src/engines/rows.types.js';
import { describeOnServers, temporarySchema, type TemporarySchema } from '../support/servers.js';
import { until } from '../support/until.js';

const tables = `
  CREATE TABLE projects (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE);
  CREATE TABLE posts (
    id INT PRIMARY KEY, project_id INT NOT NULL, title TEXT,
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
  CREATE TABLE tags (
    project_id INT, word VARCHAR(20), weight FLOAT, PRIMARY KEY (project_id, word),
    CONSTRAINT tags_project FOREIGN KEY (project_id) REFERENCES projects (id)) COLLATE utf8mb4_general_ci;
  CREATE TABLE comments (
    id BIGINT PRIMARY KEY, post_id INT, answers BIGINT, tag_project INT, tag VARCHAR(20), bits BIT(9),
    FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE SET NULL,
    FOREIGN KEY (answers) REFERENCES comments (id),
    CONSTRAINT comments_tag FOREIGN KEY (tag_project, tag) REFERENCES tags (project_id, word)
  ) COLLATE utf8mb4_general_ci;
  CREATE TABLE notes (body TEXT, twice INT GENERATED ALWAYS AS (2) VIRTUAL, changed DATETIME DEFAULT CURRENT_TIMESTAMP)
    ENGINE = MyISAM;
  CREATE VIEW titles AS SELECT title FROM posts;
  CREATE TRIGGER posts_shout BEFORE UPDATE ON posts FOR EACH ROW SET NEW.title = UPPER(NEW.title);
  INSERT INTO projects VALUES (1, 'one'), (2, 'two');
  INSERT INTO posts VALUES (10, 1, 'a'), (11, 1, 'b'), (20, 2, 'c');
  INSERT INTO tags VALUES (1, 'red', 0.5), (1, 'Blue', 1), (2, 'red', 2);
  INSERT INTO comments VALUES
    (100, 10, NULL, 1, 'red', 5), (101, NULL, 100, NULL, NULL, 6), (102, 11, 100, 1, NULL, NULL),
    (200, 20, NULL, 2, 'red', 1), (300, NULL, NULL, NULL, NULL, NULL)`;

const root: Ownership = { kind: 'root', column: 'id' };
const byProject: Ownership = {
  kind: 'references',
  anyOf: [{ columns: ['project_id'], parent: 'projects', parentColumns: ['id'], parentOwner: root }],
};
const toPost: Reference = {
  columns: ['post_id'],
  parent: 'posts',
  parentColumns: ['id'],
  parentOwner: byProject,
};
const toTag: Reference = {
  columns: ['tag_project', 'tag'],
  parent: 'tags',
  parentColumns: ['project_id', 'word'],
  parentOwner: byProject,
};
const byPost: Ownership = { kind: 'references', anyOf: [toPost] };
const toAnswered: Reference = {
  columns: ['answers'],
  parent: 'comments',
  parentColumns: ['id'],
  parentOwner: byPost,
};
const byAnyWay: Ownership = { kind: 'references', anyOf: [toPost, toAnswered, toTag] };

const posts: RowSelection = {
  table: 'posts',
  columns: ['id', 'title'],
  key: ['id'],
  owner: byProject,
  rootKey: 1,
};
const tags: RowSelection = {
  table: 'tags',
  columns: ['word', 'weight'],
  key: ['project_id', 'word'],
  owner: byProject,
  rootKey: 1,
};
const comments: RowSelection = {
  table: 'comments',
  columns: ['id', 'bits'],
  key: ['id'],
  owner: byAnyWay,
  rootKey: 1,
};
const directComments: RowSelection = { ...comments, owner: byPost };

describeOnServers('Rows of one project', (server) => {
  let schema: TemporarySchema;
  let rows: MysqlRows;
  let opened: Connection[];

  beforeEach(async () => {
    schema = await temporarySchema(server);
    await schema.connection.query(tables);
    const address = parseDatabaseUrl(schema.url);
    if (address.engine !== 'mysql') throw new Error('not a MySQL address');
    opened = [];
    const open = async (options: object) => {
      const connection = await connect(address, options);
      opened.push(connection);
      return connection;
    };
    rows = new MysqlRows(open, address.database);
  });

  afterEach(async () => {
    const ids = opened.map(({ threadId }) => threadId).join();
    const running = `SELECT id FROM information_schema.processlist WHERE id IN (${ids || 0})`;
    // The server notices the end of a connection a moment later.
    const left = await until(
      () => query(running),
      ({ length }) => length === 0,
    );
    expect(left).toEqual([]);
    await schema.drop();
  });

  /** The schema's own connection gives BIGINT (and so COUNT) as text. */
  async function query(sql: string): Promise<unknown[][]> {
    const [found] = await schema.connection.query({ sql, rowsAsArray: true });
    if (!Array.isArray(found)) return [];
    const number = (value: unknown) =>
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    return (found as unknown[][]).map((row) => (Array.isArray(row) ? row.map(number) : []));
  }

  const read = (selection: RowSelection) => rows.snapshot((reader) => all(reader.read(selection)));

  it('are described by keys, references, triggers and engines', async () => {
    const found = (await rows.schema()).tables;
    expect(found.map(({ name }) => name)).toEqual(['comments', 'notes', 'posts', 'projects', 'tags']);
    const of = (name: string) => found.find((table) => table.name === name);
    expect(of('comments')?.foreignKeys.find(({ name }) => name === 'comments_tag')).toEqual({
      name: 'comments_tag',
      columns: ['tag_project', 'tag'],
      referencedTable: 'tags',
      referencedColumns: ['project_id', 'word'],
      onDelete: server.name === 'MariaDB' ? 'RESTRICT' : 'NO ACTION',
    });
    expect(of('posts')?.foreignKeys[0]?.onDelete).toBe('CASCADE');
    expect(of('tags')?.primaryKey).toEqual(['project_id', 'word']);
    expect(of('projects')?.uniqueKeys).toEqual([['name']]);
    expect(of('posts')?.triggers).toEqual([
      { name: 'posts_shout', event: 'UPDATE', body: expect.stringContaining('UPPER(NEW.title)') },
    ]);
    expect(of('posts')?.transactional).toBe(true);
    expect(of('notes')).toMatchObject({ transactional: false, primaryKey: [], uniqueKeys: [] });
    expect(of('notes')?.columns.map(({ generated }) => generated)).toEqual([false, true, false]);
    expect(of('tags')?.columns[1]).toEqual({
      name: 'word',
      type: 'varchar(20)',
      nullable: false,
      generated: false,
      required: true,
    });
  });

  it('are read by the way of their references, also by several, each row once', async () => {
    expect(await read(posts)).toEqual([
      [10, 'a'],
      [11, 'b'],
    ]);
    expect(await read(comments)).toEqual([
      [100, { $bytes: 'AAU=' }],
      [101, { $bytes: 'AAY=' }],
      [102, null],
    ]);
    expect(await read({ ...comments, rootKey: 2 })).toEqual([[200, { $bytes: 'AAE=' }]]);
    expect(await read({ ...comments, rootKey: '2' })).toHaveLength(1);
  });

  it.each([3, null, 'x', '1 OR 1', "1' OR '1", 1.5])(
    'are none for the project %j, which does not exist',
    async (key) => {
      expect(await read({ ...comments, rootKey: key })).toEqual([]);
      expect(await rows.transaction((writer) => writer.removeAll({ ...posts, rootKey: key }))).toBe(0);
    },
  );

  it('are those of one moment in a snapshot', async () => {
    const found = await rows.snapshot(async (reader) => {
      await query("INSERT INTO posts VALUES (12, 1, 'late')");
      return [await all(reader.read(posts)), await reader.count('posts')];
    });
    expect(found).toEqual([
      [
        [10, 'a'],
        [11, 'b'],
      ],
      3,
    ]);
  });

  it('are listed by conditions, in order, page by page', async () => {
    const list = (query: object) =>
      rows.snapshot((reader) =>
        reader.list({ table: 'posts', columns: ['id'], orderBy: ['id'], limit: 10, ...query }),
      );
    expect(await list({})).toEqual([[10], [11], [20]]);
    expect(await list({ limit: 1, offset: 1 })).toEqual([[11]]);
    expect(await list({ where: { project_id: 1, title: 'b' } })).toEqual([[11]]);
    expect(await list({ where: { title: null } })).toEqual([]);
    expect(await list({ anyOf: { column: 'id', cells: [20, '10', 'x', null] } })).toEqual([[10], [20]]);
    expect(await list({ anyOf: { column: 'id', cells: [] } })).toEqual([]);
  });

  it('are told by the values of a column as its collation tells them apart', async () => {
    await schema.connection.query("INSERT INTO tags VALUES (2, 'BLUE', 1), (2, 'green', 1)");
    const words = await rows.snapshot((reader) =>
      reader.values({ table: 'tags', column: 'word', except: ['RED'], limit: 5 }),
    );
    expect(words.map(({ rows: held }) => held)).toEqual([2, 1]);
    expect(String(words[0]?.cell).trim().toLowerCase()).toBe('blue');
    expect(words[1]?.cell).toBe('green');
    const bits = await rows.snapshot((reader) =>
      reader.values({ table: 'comments', column: 'bits', except: [{ $bytes: 'AAU=' }], limit: 5 }),
    );
    expect(bits).toEqual([
      { cell: { $bytes: 'AAE=' }, rows: 1 },
      { cell: { $bytes: 'AAY=' }, rows: 1 },
    ]);
  });

  it('that lead to another project are found', async () => {
    await query('UPDATE comments SET answers = 200 WHERE id = 102');
    const stray = (reference: Reference) =>
      rows.snapshot((reader) => reader.strayRows(comments, reference, 5));
    expect(await stray(toAnswered)).toEqual([[102, null]]);
    expect(await stray(toPost)).toEqual([]);
    expect(await stray(toTag)).toEqual([]);
    await query("UPDATE comments SET tag_project = 2, tag = 'red' WHERE id = 100");
    expect(await stray(toTag)).toEqual([[100, { $bytes: 'AAU=' }]]);
  });

  it("are removed by key, but never another project's", async () => {
    const removed = await rows.transaction((writer) =>
      writer.remove(directComments, [[100], [200], [300], [999]]),
    );
    expect(removed).toBe(1);
    expect(await query('SELECT id FROM comments ORDER BY id')).toEqual([[101], [102], [200], [300]]);
  });

  it('are removed by exactly their key, whatever the collation takes for equal', async () => {
    const remove = (key: Row) => rows.transaction((writer) => writer.remove(tags, [key]));
    expect(await remove([1, 'blue'])).toBe(0);
    expect(await remove([1, 'Blue '])).toBe(0);
    expect(await remove([2, 'red'])).toBe(0);
    expect(await remove([1, 'Blue'])).toBe(1);
  });

  it('are removed when they belong by rows of their own table that go, too', async () => {
    const everything: Row[] = [[100], [101], [102], [200], [300]];
    expect(await rows.transaction((writer) => writer.remove(comments, everything))).toBe(3);
    expect(await query('SELECT id FROM comments ORDER BY id')).toEqual([[200], [300]]);
  });

  it('are removed all at once', async () => {
    const removed = await rows.transaction(async (writer) => [
      await writer.removeAll(comments),
      await writer.removeAll(tags),
      await writer.removeAll(posts),
    ]);
    expect(removed).toEqual([3, 2, 2]);
    expect(await query('SELECT (SELECT COUNT(*) FROM comments), (SELECT COUNT(*) FROM posts)')).toEqual([
      [2, 1],
    ]);
  });

  it('fire no cascade when they are removed', async () => {
    await rows.transaction((writer) => writer.removeAll(posts));
    expect(await query('SELECT COUNT(*) FROM comments WHERE post_id IS NOT NULL')).toEqual([[3]]);
  });

  it('whose reference points to nothing are found, as is what others still refer to', async () => {
    const key = (table: string, name: string) =>
      rows.schema().then(({ tables: found }) => {
        const keys = found.find((one) => one.name === table)?.foreignKeys ?? [];
        return keys.find(({ columns }) => columns[0] === name) as ForeignKey;
      });
    const postKey = await key('comments', 'post_id');
    const tagKey = await key('comments', 'tag_project');
    await rows.transaction(async (writer) => {
      expect(await writer.danglingRows(comments, tagKey, 5)).toEqual([]);
      await writer.remove(tags, [[1, 'red']]);
      await writer.remove(posts, [[11]]);
      await writer.remove(posts, [[20]]);
      expect(await writer.danglingRows(comments, tagKey, 5)).toEqual([[100, { $bytes: 'AAU=' }]]);
      expect(await writer.danglingRows(comments, postKey, 5)).toEqual([[102, null]]);
      expect(await writer.orphanedReferences('comments', postKey, [[10], [11], [20], [77]], 5)).toEqual([
        [11],
      ]);
      expect(
        await writer.orphanedReferences(
          'comments',
          tagKey,
          [
            [1, 'red'],
            [2, 'red'],
          ],
          5,
        ),
      ).toEqual([[1, 'red']]);
    });
  });

  it('whose referenced row is deleted by somebody meanwhile are found dangling', async () => {
    const tagKey: ForeignKey = {
      name: 'x',
      columns: ['tag_project', 'tag'],
      referencedTable: 'tags',
      referencedColumns: ['project_id', 'word'],
      onDelete: 'RESTRICT',
    };
    await rows.transaction(async (writer) => {
      await all(writer.read(posts));
      await query('SET foreign_key_checks = 0');
      await query("DELETE FROM tags WHERE project_id = 1 AND word = 'red'");
      expect(await writer.danglingRows(comments, tagKey, 5)).toHaveLength(1);
    });
  });

  it('are kept from every other writer once they are read for writing, and are read as committed', async () => {
    await rows.transaction(async (writer) => {
      await all(writer.read(posts));
      await query("INSERT INTO posts VALUES (12, 1, 'new')");
      await query('INSERT INTO comments (id, post_id) VALUES (103, 12)');
      expect((await all(writer.readLocked(directComments))).map(([id]) => id)).toEqual([100, 102, 103]);

      await query('SET innodb_lock_wait_timeout = 1');
      const refused = { code: 'ER_LOCK_WAIT_TIMEOUT' };
      await expect(query('UPDATE comments SET bits = 1 WHERE id = 100')).rejects.toMatchObject(refused);
      await expect(query('INSERT INTO comments (id, post_id) VALUES (104, 10)')).rejects.toMatchObject(
        refused,
      );
      expect(await all(writer.readLocked(posts))).toHaveLength(3);
      await expect(query("INSERT INTO posts VALUES (13, 1, 'x')")).rejects.toMatchObject(refused);
    });
  });

  it('are as before when the work throws', async () => {
    const fault = new Error('changed my mind');
    const attempt = rows.transaction(async (writer) => {
      await writer.removeAll(posts);
      throw fault;
    });
    await expect(attempt).rejects.toBe(fault);
    expect(await read(posts)).toHaveLength(2);
  });

  it('with a key that is taken are a conflict that names the table and no value', async () => {
    const error: unknown = await rows
      .transaction((writer) =>
        writer.insert(
          'projects',
          ['id', 'name'],
          [
            [3, 'x'],
            [4, 'one'],
          ],
        ),
      )
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'conflict', detail: expect.stringContaining('projects') });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/one'|INSERT/);
    expect((error as Error).cause).not.toHaveProperty('sql');
    expect(await query('SELECT COUNT(*) FROM projects')).toEqual([[2]]);
  });

  it('in a dead-lock are a conflict', async () => {
    await query('START TRANSACTION');
    await query("UPDATE posts SET title = 'x' WHERE id = 20");
    // The session that has written more is the one that stays.
    await query("INSERT INTO tags SELECT 2, CONCAT('t', help_topic_id), 1 FROM mysql.help_topic LIMIT 50");
    const attempt = rows.transaction(async (writer) => {
      await all(writer.readLocked(posts));
      const other = query("UPDATE posts SET title = 'y' WHERE id = 10");
      await wait(200);
      await all(writer.readLocked({ ...posts, rootKey: 2 })).finally(() => other);
    });
    await expect(attempt).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('posts'),
    });
    await query('ROLLBACK');
  });

  it.each(['a statement', 'a stream'])(
    'fail as unreachable when the connection is cut before %s',
    async (what) => {
      const attempt = rows.transaction(async (writer) => {
        await writer.removeAll(posts);
        await query(`KILL ${opened.at(-1)?.threadId}`);
        await (what === 'a stream' ? all(writer.readLocked(comments)) : writer.count('posts'));
      });
      await expect(attempt).rejects.toMatchObject({ code: 'database-unreachable' });
      expect(await read(posts)).toHaveLength(2);
    },
  );

  describe('of which there are many', () => {
    const count = 150_000;
    beforeEach(() =>
      query(`INSERT INTO posts WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
        SELECT a.i * 1000 + b.i, 1, REPEAT('x', 100) FROM n a JOIN n b WHERE a.i < ${1000 + count / 1000}`),
    );

    it('fail as unreachable when the connection is cut in the middle', async () => {
      const attempt = rows.snapshot(async (reader) => {
        for await (const batch of reader.read(posts)) {
          expect(batch.length).toBeGreaterThan(0);
          await query(`KILL ${opened[0]?.threadId}`).catch(() => undefined);
        }
      });
      await expect(attempt).rejects.toMatchObject({ code: 'database-unreachable' });
    });

    it('come in batches, and leave the session usable when the reader stops near the end', async () => {
      const found = await rows.snapshot(async (reader) => {
        let seen = 0;
        for await (const batch of reader.read(posts)) {
          expect(batch.length).toBeLessThanOrEqual(500);
          seen += batch.length;
          if (seen > count - 50_000) break;
        }
        return reader.count('projects');
      });
      expect(found).toBe(2);
    });

    it("end with the reader's error when it throws at the beginning", async () => {
      const attempt = rows.transaction(async (writer) => {
        for await (const batch of writer.readLocked(posts)) throw new Error(`stop after ${batch.length}`);
      });
      await expect(attempt).rejects.toThrow('stop after 500');
    });

    it('must be read to their end before anything else is asked', async () => {
      const attempt = rows.transaction(async (writer) => {
        for await (const batch of writer.read(posts)) await writer.count(`posts after ${batch.length}`);
      });
      await expect(attempt).rejects.toThrow('have not been read to their end');
    });

    it('keep memory flat while the reader is slow', async () => {
      let most = 0;
      await rows.snapshot(async (reader) => {
        const before = process.memoryUsage().rss;
        let batches = 0;
        for await (const batch of reader.read(posts)) {
          batches += Math.min(1, batch.length);
          if (batches % 20 === 0) await wait(10);
          most = Math.max(most, process.memoryUsage().rss - before);
        }
      });
      expect(most).toBeLessThan(100 * 1024 * 1024);
    });
  });

  it('need no more than the privileges to read and write them', async () => {
    const user = `hf_${schema.name.slice(-12)}`;
    // An account for localhost, too: a server's anonymous one would be preferred to `%` there.
    const accounts = ['%', 'localhost', '127.0.0.1'].map((host) => `${user}@'${host}'`);
    try {
      for (const account of accounts) {
        await query(`CREATE USER ${account} IDENTIFIED BY 'pass-word-1'`);
        await query(`GRANT SELECT, INSERT, DELETE ON ${schema.name}.* TO ${account}`);
      }
      const address = parseDatabaseUrl(schema.url);
      if (address.engine !== 'mysql') throw new Error('not a MySQL address');
      const limited = new MysqlRows(
        (options) => connect({ ...address, user, password: 'pass-word-1' }, options),
        schema.name,
      );
      await limited.transaction(async (writer) => {
        expect(await all(writer.readLocked(comments))).toHaveLength(3);
        expect(await writer.removeAll(comments)).toBe(3);
        await writer.insert('comments', ['id', 'post_id'], [[100, 10]]);
      });
      await expect(limited.snapshot((reader) => reader.count('mysql.user'))).rejects.toMatchObject({
        code: 'database-refused',
      });
    } finally {
      await query(`DROP USER IF EXISTS ${accounts.join()}`);
    }
  });
});

async function all(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
