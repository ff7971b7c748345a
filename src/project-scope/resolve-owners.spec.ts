import { table } from '../../test/factories/table-schema.js';
import type { TableSchema } from '../engines/rows.types.js';
import { discoverScope } from './discover.js';
import { rulesFor } from './scope-rules.types.js';

const projects = table('projects', ['id int!', 'name text']);
const areas = table('areas', ['id int!', 'project_id int! > projects.id']);

const plan = (...tables: TableSchema[]) => discoverScope({ tables }, rulesFor('projects'));
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
const owned = (name: string, ...tables: TableSchema[]) =>
  plan(...tables).owned.find((found) => found.name === name);

describe('rows that belong by each other', () => {
  it('are those of a tree of which only the topmost name their project', () => {
    const comments = table('comments', ['id int!', 'area_id int > areas.id', 'answers int > comments.id']);
    const votes = table('votes', ['id int!', 'comment_id int! > comments.id']);
    const found = plan(votes, projects, areas, comments);
    expect(found.unclassified).toEqual([]);
    const tree = found.owned.find(({ name }) => name === 'comments');
    expect(tree).toMatchObject({
      certain: false,
      path: 'comments.area_id -> areas.id or comments.answers -> comments.id',
      closure: {
        members: [
          {
            table: 'comments',
            referenced: [['id']],
            seeds: [{ columns: ['area_id'], parent: 'areas' }],
            steps: [{ columns: ['answers'], parent: 'comments', parentColumns: ['id'] }],
          },
        ],
      },
    });
    expect(found.owned.find(({ name }) => name === 'votes')).toMatchObject({
      certain: true,
      closure: null,
      owner: { anyOf: [{ columns: ['comment_id'], parentOwner: { kind: 'member', table: 'comments' } }] },
    });
  });

  it('are found by a reference that deletes nothing, too', () => {
    const comments = table('comments', [
      'id int!',
      'area_id int > areas.id cascade',
      'answers int > comments.id no action',
    ]);
    expect(owned('comments', projects, areas, comments)?.closure?.members[0]?.steps).toHaveLength(1);
  });

  it('are those of a cycle of tables, of which each has its way in or none', () => {
    const cycle = [
      table('a', ['id int!', 'area_id int > areas.id cascade', 'b_id int > b.id cascade']),
      table('b', ['id int!', 'c_id int > c.id cascade']),
      table('c', ['id int!', 'a_id int > a.id cascade']),
    ];
    const behind = table('behind', ['id int!', 'b_id int > b.id cascade', 'c_id int > c.id cascade']);
    const found = plan(behind, ...cycle, projects, areas);
    expect(found.unclassified).toEqual([]);
    const [one, two] = ['a', 'c'].map((name) => found.owned.find((other) => other.name === name)?.closure);
    expect(one?.members.map(({ table: name, seeds }) => [name, seeds.length]).sort()).toEqual([
      ['a', 1],
      ['b', 0],
      ['c', 0],
    ]);
    expect(two).toBe(one);
    expect(names(found.owned).at(-1)).toBe('behind');
    expect(found.owned.at(-1)?.closure).toBeNull();
  });

  it('leave out a table that only hangs on the cycle, and put it behind all of it', () => {
    const comments = table('comments', [
      'id int!',
      'area_id int > areas.id cascade',
      'answers int > comments.id',
    ]);
    const likes = table('a_likes', [
      'id int!',
      'comment_id int > comments.id cascade',
      'area_id int > areas.id cascade',
    ]);
    const found = plan(likes, comments, areas, projects);
    expect(names(found.owned)).toEqual(['projects', 'areas', 'comments', 'a_likes']);
    expect(found.owned[2]?.closure?.members.map((member) => member.table)).toEqual(['comments']);
    expect(found.owned[3]?.closure).toBeNull();
  });
});
