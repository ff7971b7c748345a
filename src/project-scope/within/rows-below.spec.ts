import { table } from '../../../test/factories/table-schema.js';
import type { Row, TableSchema } from '../../engines/rows.types.js';
import { discoverScope } from '../discover.js';
import type { KeyId } from '../key-id.js';
import { rulesFor } from '../scope-rules.types.js';
import { decidingColumns, readingOf } from './row-reading.js';
import { RowsBelow } from './rows-below.js';
import { tablesBelow } from './tables-below.js';

const projects = table('projects', ['id int!', 'first_area_id int > areas.id']);
const areas = table('areas', [
  'id int!',
  'project_id int! > projects.id',
  'first_page_id int > pages.id',
  'name text',
]);
const pages = table('pages', ['id int!', 'area_id int! > areas.id', 'parent_id int > pages.id restrict']);
const marks = table('marks', ['id int!', 'page_id int > pages.id', 'area_id int > areas.id set null']);

function tablesUnder(top: string, ...tables: TableSchema[]) {
  return tablesBelow(discoverScope({ tables }, rulesFor('projects')), top);
}

/** Adds rows of the whole tables, as they come, and returns what is found below the top row with this id. */
function found(
  top: string,
  id: number,
  rows: [string, Row[]][],
  ids = new Map<string, Set<KeyId>>(),
): Record<string, KeyId[]> {
  const below = tablesUnder(top, projects, areas, pages, marks);
  const finder = new RowsBelow(ids);
  for (const [name, list] of rows) {
    const one = below.get(name);
    if (!one) throw new Error(`${name} is not below ${top}`);
    const reading = readingOf(one, one.table.columns);
    for (const row of list) finder.add(name, row, reading, name === top && row[0] === id);
    finder.end(name);
  }
  return Object.fromEntries(
    [...ids].map(([name, set]) => [name, [...set].sort((a, b) => Number(a) - Number(b))]),
  );
}

describe('the tables below one', () => {
  it('are those whose rows go with its rows; what points down at them is not below', () => {
    const names = (top: string) => [...tablesUnder(top, projects, areas, pages, marks).keys()];
    expect(names('areas')).toEqual(['areas', 'pages', 'marks']);
    expect(names('pages')).toEqual(['pages', 'marks']);
    expect(names('marks')).toEqual(['marks']);
  });

  it('are read by the columns that decide', () => {
    const below = [...tablesUnder('areas', projects, areas, pages, marks).values()];
    expect(below.map(decidingColumns)).toEqual([['id'], ['id', 'area_id', 'parent_id'], ['id', 'page_id']]);
  });
});

describe('the rows below one', () => {
  const some: [string, Row[]][] = [
    [
      'areas',
      [
        [5, 1, 50, 'a'],
        [6, 1, 50, 'b'],
      ],
    ],
    [
      'pages',
      [
        [50, 5, null],
        [51, 6, 50],
        [52, 6, 53],
        [53, 6, null],
      ],
    ],
    [
      'marks',
      [
        [1, 51, 6],
        [2, 53, 5],
        [3, null, 5],
      ],
    ],
  ];

  it('hang on it by any way', () => {
    expect(found('areas', 5, some)).toEqual({ areas: [5], pages: [50, 51], marks: [1] });
  });

  it('are found in whatever order they come', () => {
    const reversed = some.map(([name, rows]): [string, Row[]] => [name, rows.toReversed()]).reverse();
    expect(found('areas', 5, reversed)).toEqual({ areas: [5], pages: [50, 51], marks: [1] });
    expect(found('pages', 53, reversed.slice(0, 2))).toEqual({ pages: [52, 53], marks: [2] });
  });

  it('are found down a tree of any depth, from its end', () => {
    const chain = Array.from({ length: 50_000 }, (_, at): Row => [at, 5, at + 1]);
    expect(found('pages', 50_000, [['pages', [...chain, [50_000, 5, null]]]])['pages']).toHaveLength(50_001);
  });

  it('are those below rows that were found elsewhere, too', () => {
    expect(found('areas', 7, some, new Map([['pages', new Set([53])]]))).toEqual({
      pages: [52, 53],
      marks: [2],
    });
  });

  it('are refused by the million', () => {
    const many = Array.from({ length: 1_000_001 }, (_, at): Row => [at, 5, null]);
    expect(() =>
      found('areas', 5, [
        ['areas', [[5, 1, null, 'a']]],
        ['pages', many],
      ]),
    ).toThrow(/More than 1000000/);
  });
});
