import { table } from '../../../test/factories/table-schema.js';
import type { Cell, JsonReference } from '../../engines/rows.types.js';
import { discoverScope } from '../discover.js';
import { rulesFor } from '../scope-rules.types.js';
import { documentMapper } from './map-documents.js';

const tables = [
  table('projects', ['id int!', 'name text']),
  table('tasks', ['id bigint!', 'project_id int! > projects.id', 'code text!'], { uniqueKeys: [['code']] }),
  table('settings', ['id int!', 'project_id int! > projects.id', 'data json']),
];
const declared = ({ path, referencedTable, referencedColumn }: Omit<JsonReference, 'column'>) => ({
  table: 'settings',
  column: 'data',
  path,
  parent: referencedTable,
  parentColumns: [referencedColumn],
  place: 'projects.yaml, line 1',
});
const { owned } = discoverScope(
  { tables },
  {
    ...rulesFor('projects'),
    json: [
      declared({ path: '$.tasks[*]', referencedTable: 'tasks', referencedColumn: 'id' }),
      declared({ path: '$.code', referencedTable: 'tasks', referencedColumn: 'code' }),
      declared({ path: '$.project', referencedTable: 'projects', referencedColumn: 'id' }),
    ],
  },
);
const settings = owned.find(({ name }) => name === 'settings') ?? owned[0]!;
const shifted = (cell: Cell): Cell => (typeof cell === 'number' && cell < 50 ? cell + 100 : cell);
const suffixed = (cell: Cell): Cell => (typeof cell === 'string' ? `${cell}-copy` : cell);

describe('the documents of a copied project', () => {
  const map = documentMapper(settings, owned, (name, column) => {
    if (name === 'tasks') return column === 'id' ? shifted : suffixed;
    return null;
  });

  it('name the copy’s own rows where they are declared to, and nothing else is touched', () => {
    expect(map([1, 7, '{"tasks": [3, "4", 99], "code":"a", "project": 7, "other": 3}'])).toEqual([
      1,
      7,
      '{"tasks": [103, "104", 99], "code":"a-copy", "project": 7, "other": 3}',
    ]);
  });

  it('may be missing, or no JSON', () => {
    for (const data of [null, 'x', { $bytes: 'AA==' }]) expect(map([1, 7, data])).toEqual([1, 7, data]);
  });
});
