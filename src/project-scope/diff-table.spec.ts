import { Readable } from 'node:stream';
import { projectFile } from '../../test/factories/project-file.js';
import { table } from '../../test/factories/table-schema.js';
import type { Row } from '../engines/rows.types.js';
import { diffTable, parseRow } from './diff-table.js';
import { discoverScope } from './discover.js';
import { rulesFor } from './scope-rules.types.js';
import { ProjectFileReader } from './read-project-file.js';
import { RowCursor } from './row-cursor.js';

const [owned] = discoverScope(
  { tables: [table('projects', ['id int!', 'v text'])] },
  rulesFor('projects'),
).owned;
const [loose] = discoverScope(
  {
    tables: [
      table('projects', ['id int!']),
      table('t', ['id int! > projects.id', 'v text'], { primaryKey: [] }),
    ],
  },
  rulesFor('projects'),
).owned.slice(1);
if (!owned || !loose) throw new Error('the tables were not found');

async function* batches(rows: readonly Row[], size: number): AsyncGenerator<Row[]> {
  yield [];
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

async function diff(inFile: Row[], live: Row[], { size = 2, of = owned } = {}) {
  if (!of) throw new Error('no table');
  const text = projectFile([{ name: of.name, columns: of.columns, rows: inFile }]);
  const reader = new ProjectFileReader(Readable.from([Buffer.from(text)]));
  await reader.header();
  await reader.nextTable();
  const found = {
    live: [] as string[],
    remove: [] as string[],
    insert: [] as string[],
    same: [] as string[],
  };
  const changes = await diffTable(of, reader, new RowCursor(batches(live, size)), {
    live: (line) => void found.live.push(line),
    remove: (line) => void found.remove.push(line),
    insert: (line) => void found.insert.push(line),
    same: (line) => void found.same.push(line),
  });
  return { ...found, changes };
}

const row = (id: number, v = 'x'): Row => [id, v];
const none = { added: 0, changed: 0, removed: 0, unchanged: 0 };

describe('the difference between a file and what is live', () => {
  it('is nothing when they are equal, and nothing when both are empty', async () => {
    const rows = [row(1), row(2), row(10), [11, null]] as Row[];
    const { changes, remove, insert, live } = await diff(rows, rows);
    expect(changes).toEqual({ ...none, unchanged: 4 });
    expect([remove, insert]).toEqual([[], []]);
    expect(live).toEqual(rows.map((cells) => JSON.stringify(cells)));
    expect((await diff([], [])).changes).toEqual(none);
  });

  it('names what was added, changed and removed since, at the beginning, within and at the end', async () => {
    const inFile = [row(1), row(3, 'old'), row(5), row(9), row(10)];
    const live = [row(-4), row(3, 'new'), row(5), row(7), row(9), row(12)];
    expect(await diff(inFile, live)).toEqual({
      changes: { added: 2, changed: 1, removed: 3, unchanged: 2 },
      live: live.map((cells) => JSON.stringify(cells)),
      remove: ['[-4,"x"]', '[3,"new"]', '[7,"x"]', '[12,"x"]'],
      insert: ['[1,"x"]', '[3,"old"]', '[10,"x"]'],
      same: ['[5,"x"]', '[9,"x"]'],
    });
  });

  it('is all of the file, or all that is live, when the other side is empty', async () => {
    expect((await diff([row(1), row(2)], [])).changes).toEqual({ ...none, added: 2 });
    expect((await diff([], [row(1), row(2)])).changes).toEqual({ ...none, removed: 2 });
  });

  it('applied to what is live gives the file, also where both sides disagree about the order', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => (index * 17) % 41);
    const inFile = ids.filter((id) => id % 3 > 0).map((id) => row(id, id % 5 === 0 ? 'changed' : 'x'));
    const live = ids
      .toReversed()
      .filter((id) => id % 4 > 0)
      .map((id) => row(id));
    const { remove, insert } = await diff(inFile, live, { size: 7 });
    const left = live.map((cells) => JSON.stringify(cells)).filter((line) => !remove.includes(line));
    expect([...left, ...insert].sort()).toEqual(inFile.map((cells) => JSON.stringify(cells)).sort());
  });

  it('counts equal rows of a table without a key one by one', async () => {
    const { changes } = await diff([row(1), row(1), row(1, 'y')], [row(1), row(1, 'y'), row(1, 'z')], {
      of: loose,
    });
    expect(changes).toEqual({ added: 1, changed: 0, removed: 1, unchanged: 2 });
  });
});

describe('a row of a file', () => {
  it.each([
    '[1,"x"]',
    '[1,null]',
    '[{"$int":"-9223372036854775808"},{"$bytes":""}]',
    '[{"$real":"1e+30"},1.5]',
    '[1,"\\ud83d\\ude00"]',
  ])('may be %s', (line) => {
    expect(parseRow(line, owned)).toEqual(JSON.parse(line));
  });

  it.each([
    '[1]',
    '[1,2,3]',
    '[1,true]',
    '[1,"\\ud83d"]',
    '[1,[2]]',
    '[1,["$bytes"]]',
    '[1,{}]',
    '[1,{"$int":"1","$real":"1"}]',
    '[1,{"$int":5}]',
    '[1,{"$int":"1; DROP"}]',
    '[1,{"$int":""}]',
    '[1,{"$date":"x"}]',
    '[1,{"__proto__":"x"}]',
    '[1,"x"',
    '[1,"x"],[2,"y"]',
    '["a\tb",1]',
    `[1,${'['.repeat(100_000)}${']'.repeat(100_000)}]`,
  ])('is refused when it is %.60s', (line) => {
    expect(() => parseRow(line, owned)).toThrow(expect.objectContaining({ code: 'artefact-damaged' }));
  });
});
