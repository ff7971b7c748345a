import { table } from '../../../test/factories/table-schema.js';
import type { TableSchema } from '../../engines/rows.types.js';
import { discoverScope } from '../discover.js';
import { rulesFor } from '../scope-rules.types.js';
import type { Renaming } from './id-functions.js';
import { identitiesOf } from './identities.js';

function identities(tables: TableSchema[], renamings: [string, Renaming][] = []) {
  return identitiesOf({
    plan: discoverScope({ tables }, rulesFor('projects')),
    uniqueKeys: new Map(tables.map(({ name, uniqueKeys }) => [name, uniqueKeys])),
    nameColumn: 'name',
    renamings: new Map(renamings),
  });
}

const projects = table('projects', ['id int!', 'name text']);
const named = (tables: TableSchema[], renamings?: [string, Renaming][]) =>
  identities(tables, renamings)
    .renewed.map(({ name }) => name)
    .sort();

describe('What becomes new in a copy', () => {
  it('is the key of each table, wherever it stands', () => {
    const found = identities([
      projects,
      table('tasks', ['id int!', 'project_id int! > projects.id cascade', 'above int > tasks.id']),
      table('notes', ['id int!', 'task_id int! > tasks.id cascade']),
    ]);
    expect(found.renewed.map(({ name }) => name).sort()).toEqual(['notes.id', 'projects.id', 'tasks.id']);
    expect(found.of('notes', 'task_id')?.name).toBe('tasks.id');
    expect(found.of('tasks', 'above')?.name).toBe('tasks.id');
    expect(found.of('notes', 'text')).toBeUndefined();
  });

  it('is not what a key of several columns tells apart by something new already', () => {
    const areas = table('areas', ['project_id int! > projects.id cascade', 'code text!'], {
      primaryKey: ['project_id', 'code'],
    });
    expect(named([projects, areas])).toEqual(['projects.id']);
  });

  it('is one column of every other unique key, too', () => {
    const cards = table('cards', ['id int!', 'uuid char(36)!', 'project_id int! > projects.id cascade'], {
      uniqueKeys: [['uuid'], ['project_id', 'uuid']],
    });
    expect(named([projects, cards])).toEqual(['cards.id', 'cards.uuid', 'projects.id']);
  });

  it('is nothing that projects share: a key of that alone is stuck', () => {
    const users = table('users', ['id int!']);
    const profiles = table(
      'profiles',
      ['user_id int! > users.id restrict', 'project_id int! > projects.id cascade'],
      {
        primaryKey: ['user_id'],
      },
    );
    expect(identities([projects, users, profiles]).stuck).toEqual([{ table: 'profiles', key: ['user_id'] }]);
  });

  it('is what the request renames, with all that refers to it', () => {
    const areas = table('areas', ['code text!', 'project_id int! > projects.id cascade'], {
      primaryKey: ['code'],
    });
    const rooms = table('rooms', ['id int!', 'area text! > areas.code cascade']);
    const found = identities([projects, areas, rooms], [['areas.code', { suffix: '-2' }]]);
    expect(found.of('rooms', 'area')?.rename).toEqual({ suffix: '-2' });
  });
});
