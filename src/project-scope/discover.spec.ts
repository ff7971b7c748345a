import { foreignKey, table } from '../../test/factories/table-schema.js';
import type { TableSchema } from '../engines/rows.types.js';
import { discoverScope } from './discover.js';
import { rulesFor } from './scope-rules.types.js';

const projects = table('projects', ['id int!', 'name text']);
const areas = table('areas', ['id int!', 'project_id int! > projects.id']);
const sections = table('sections', ['id int!', 'area_id int! > areas.id']);

const plan = (...tables: TableSchema[]) => discoverScope({ tables }, rulesFor('projects'));
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
const owned = (name: string, ...tables: TableSchema[]) =>
  plan(...tables).owned.find((found) => found.name === name);

describe('the discovered scope of a project', () => {
  it('is the tree of tables below the root, parents first, whatever the order in the database', () => {
    const found = plan(sections, areas, projects);
    expect(names(found.owned)).toEqual(['projects', 'areas', 'sections']);
    expect(found).toMatchObject({ rootTable: 'projects', rootKey: 'id', unclassified: [] });
    expect(found.owned.map(({ path }) => path)).toEqual([
      'projects.id',
      'areas.project_id -> projects.id',
      'sections.area_id -> areas.id',
    ]);
  });

  it('takes the shortest way that every row has, and checks the others against it', () => {
    const strings = table('strings', [
      'id int!',
      'section_id int! > sections.id',
      'project_id int! > projects.id',
    ]);
    const found = owned('strings', projects, areas, sections, strings);
    expect(found).toMatchObject({ path: 'strings.project_id -> projects.id', certain: true });
    expect(found?.crossChecks.map(({ says }) => says)).toEqual([
      'strings.project_id -> projects.id',
      'strings.section_id -> sections.id',
    ]);
  });

  it('takes any of the ways that may be null, when there is no other', () => {
    const files = table('files', ['id int!', 'area_id int > areas.id', 'section_id int > sections.id']);
    expect(owned('files', projects, areas, sections, files)).toMatchObject({
      path: 'files.area_id -> areas.id or files.section_id -> sections.id',
      certain: false,
      owner: { kind: 'references', anyOf: [{ parent: 'areas' }, { parent: 'sections' }] },
    });
  });

  it.each(['set null', 'set default'])('does not own rows that outlive it by ON DELETE %s', (rule) => {
    const reports = table('reports', ['id int!', `area_id int > areas.id ${rule}`]);
    const found = plan(projects, areas, reports);
    expect(names(found.owned)).not.toContain('reports');
    expect(found.unclassified).toEqual([
      { name: 'reports', reason: expect.stringContaining(`areas only by ON DELETE ${rule.toUpperCase()}`) },
    ]);
  });

  it.each(['cascade', 'restrict', 'no action'])('owns rows that go with it or hold it by %s', (rule) => {
    const rows = table('rows', ['id int!', `area_id int! > areas.id ${rule}`]);
    expect(names(plan(projects, areas, rows).owned)).toContain('rows');
  });

  it.each(['restrict', 'no action'])(
    'does not own rows that only point at it and may stand without, by a null and %s',
    (rule) => {
      const users = table('users', ['id int!', `last_project_id int > projects.id ${rule}`]);
      const visits = table('visits', ['id int!', 'user_id int! > users.id']);
      const root = table('projects', ['id int!', `owner_id int! > users.id ${rule}`]);
      const found = plan(users, visits, root);
      expect(names(found.owned)).toEqual(['projects']);
      expect(found.unclassified).toEqual([
        { name: 'users', reason: expect.stringContaining('only by last_project_id, which may be null') },
      ]);
      expect(names(found.excluded)).toEqual(['visits']);
    },
  );

  it('owns rows that go with it though their reference may be null', () => {
    const rows = table('rows', ['id int!', 'area_id int > areas.id cascade']);
    expect(names(plan(projects, areas, rows).owned)).toContain('rows');
  });

  it('checks a reference that owns nothing all the same, and puts its table behind what it points at', () => {
    const files = table('files', [
      'id int!',
      'project_id int! > projects.id',
      'parent_id int > files.id no action',
      'area_id int > areas.id no action',
    ]);
    const found = plan(files, areas, projects);
    expect(names(found.owned)).toEqual(['projects', 'areas', 'files']);
    expect(found.unclassified).toEqual([]);
    expect(found.owned[2]).toMatchObject({ path: 'files.project_id -> projects.id', certain: true });
    expect(found.owned[2]?.crossChecks.map(({ says }) => says)).toEqual([
      'files.area_id -> areas.id',
      'files.project_id -> projects.id',
      'files.parent_id -> files.id',
    ]);
  });

  it('doubts rows that are tied to the project only by a reference that owns nothing', () => {
    const files = table('files', [
      'id int!',
      'project_id int > projects.id cascade',
      'area_id int > areas.id no action',
    ]);
    const found = plan(projects, areas, files);
    expect(found.owned[2]).toMatchObject({ path: 'files.project_id -> projects.id', certain: false });
    expect(found.unclassified).toEqual([
      { name: 'files', reason: expect.stringContaining('only through area_id are not found') },
    ]);
  });

  it('begins a cycle where all ways that own are known, before one where only some are', () => {
    const first = table('first', [
      'id int!',
      'project_id int > projects.id cascade',
      'second_id int > second.id cascade',
    ]);
    const second = table('second', [
      'id int!',
      'project_id int > projects.id cascade',
      'first_id int > first.id no action',
    ]);
    const found = plan(projects, first, second);
    expect(names(found.owned)).toEqual(['projects', 'second', 'first']);
    expect(found.owned[2]?.path).toBe('first.project_id -> projects.id or first.second_id -> second.id');
  });

  it('doubts a table whose column looks like a key of the root, of any spelling', () => {
    const logs = table('logs', ['id int!', 'Project_ID int']);
    const reason = expect.stringContaining('Project_ID looks like');
    expect(plan(projects, logs).unclassified).toEqual([{ name: 'logs', reason }]);
    const companies = table('Companies', ['id int!']);
    const invoices = table('invoices', ['id int!', 'company_id int']);
    const found = discoverScope({ tables: [companies, invoices] }, rulesFor('Companies'));
    expect(names(found.unclassified)).toEqual(['invoices']);
  });

  it('doubts a table that belongs by another way and has such a column beside it, of which nobody says what it is', () => {
    const notes = table('notes', ['id int!', 'area_id int! > areas.id', 'project_id int']);
    const reason = expect.stringContaining('project_id looks like');
    expect(plan(projects, areas, notes).unclassified).toEqual([{ name: 'notes', reason }]);
    const said = {
      ...rulesFor('projects'),
      references: [
        { table: '*', columns: ['project_id'], parent: 'projects', parentColumns: null, place: 'line 1' },
      ],
    };
    expect(discoverScope({ tables: [projects, areas, notes] }, said).unclassified).toEqual([]);
  });

  it('doubts it also where all tables begin with a prefix that the column does not repeat', () => {
    const tables = [table('app_projects', ['id int!']), table('app_logs', ['id int!', 'projectId int'])];
    const found = discoverScope({ tables }, rulesFor('app_projects'));
    expect(names(found.unclassified)).toEqual(['app_logs']);
    const others = discoverScope(
      { tables: [...tables, table('logs', ['id int!'])] },
      rulesFor('app_projects'),
    );
    expect(names(others.unclassified)).not.toContain('app_logs');
  });

  it('says of every other table whether projects share it or do not know it', () => {
    const users = table('users', ['id int!', 'city_id int > cities.id']);
    const cities = table('cities', ['id int!']);
    const members = table('members', ['project_id int! > projects.id', 'user_id int! > users.id'], {
      primaryKey: ['project_id', 'user_id'],
    });
    const found = plan(users, cities, projects, members);
    expect(names(found.shared)).toEqual(['users']);
    expect(names(found.excluded)).toEqual(['cities']);
    expect(names(found.owned)).toEqual(['projects', 'members']);
    expect(owned('members', users, projects, members)).toMatchObject({
      key: ['project_id', 'user_id'],
      crossChecks: [],
    });
  });

  it('checks that a tree within a table stays within the project', () => {
    const comments = table('comments', ['id int!', 'area_id int! > areas.id', 'answers int > comments.id']);
    const found = owned('comments', projects, areas, comments);
    expect(found).toMatchObject({ certain: true, path: 'comments.area_id -> areas.id' });
    expect(found?.crossChecks).toEqual([
      {
        rows: found?.owner,
        reference: expect.objectContaining({ columns: ['answers'], parent: 'comments' }),
        says: 'comments.answers -> comments.id',
      },
    ]);
  });

  it('begins a cycle of tables where every row is tied to the project, and checks the way back', () => {
    const circle = [
      table('sections', ['id int!', 'area_id int! > areas.id']),
      table('areas', ['id int!', 'first_id int > sections.id', 'project_id int! > projects.id']),
    ];
    const found = plan(...circle, projects);
    expect(names(found.owned)).toEqual(['projects', 'areas', 'sections']);
    expect(found.unclassified).toEqual([]);
    expect(found.owned[1]?.crossChecks).toEqual([
      {
        rows: found.owned[1]?.owner,
        reference: expect.objectContaining({ columns: ['first_id'], parent: 'sections' }),
        says: 'areas.first_id -> sections.id',
      },
    ]);
  });

  it('checks what the project row itself refers to, but leaves a project below another one alone', () => {
    const root = table('projects', ['id int!', 'parent_id int > projects.id', 'main_id int > areas.id']);
    const found = owned('projects', root, areas);
    expect(found?.crossChecks.map(({ says }) => says)).toEqual(['projects.main_id -> areas.id']);
  });

  it('follows keys of several columns', () => {
    const tags = table('tags', ['project_id int! > projects.id', 'word text!'], {
      primaryKey: ['project_id', 'word'],
    });
    const uses = table('uses', ['id int!', 'project_id int!', 'word text!'], {
      foreignKeys: [foreignKey(['project_id', 'word'], 'tags', ['project_id', 'word'])],
    });
    expect(owned('uses', projects, tags, uses)).toMatchObject({
      path: 'uses.project_id+word -> tags.project_id+word',
      certain: true,
    });
  });

  it('tells rows apart by the primary key, else by a unique key that is never null, else by all columns', () => {
    const columns = ['project_id int! > projects.id', 'code text!', 'slug text', 'sum int='];
    const keyOf = (more: Partial<TableSchema>) => {
      const { key, keyed } = owned('t', projects, table('t', columns, { primaryKey: [], ...more })) ?? {};
      return { key, keyed };
    };
    expect(keyOf({ primaryKey: ['code'] })).toEqual({ key: ['code'], keyed: true });
    expect(keyOf({ uniqueKeys: [['slug'], ['sum'], ['project_id', 'code']] })).toEqual({
      key: ['project_id', 'code'],
      keyed: true,
    });
    const all = { key: ['project_id', 'code', 'slug'], keyed: false };
    expect(keyOf({})).toEqual(all);
    expect(keyOf({ uniqueKeys: [['slug']] })).toEqual(all);
    expect(keyOf({ primaryKey: ['sum'] })).toEqual(all);
  });

  it('leaves generated columns to the database', () => {
    const found = owned('t', projects, table('t', ['id int!', 'p int! > projects.id', 'sum int=']));
    expect(found).toMatchObject({ columns: ['id', 'p'], types: ['int', 'int'] });
  });

  it('has a fingerprint that knows columns and types, and no order of tables', () => {
    const { fingerprint } = plan(projects, areas, sections);
    expect(plan(sections, projects, areas).fingerprint).toBe(fingerprint);
    const wider = table('sections', ['id bigint!', 'area_id int! > areas.id']);
    expect(plan(projects, areas, wider).fingerprint).not.toBe(fingerprint);
    expect(plan(projects, areas).fingerprint).not.toBe(fingerprint);
  });

  it('refuses a root table that is missing, or has no key of one column', () => {
    const unfit = expect.objectContaining({ code: 'artefact-unfit' });
    expect(() => plan(areas)).toThrow(unfit);
    expect(() => plan()).toThrow(/empty. Restore a backup of the whole database/);
    expect(() => plan(table('projects', ['id int!'], { primaryKey: [] }))).toThrow(unfit);
    expect(() => plan(table('projects', ['a int!', 'b int!'], { primaryKey: ['a', 'b'] }))).toThrow(unfit);
  });

  it('doubts a database without any foreign key, since an account may be too weak to see them', () => {
    const texts = table('texts', ['id int!', 'area int']);
    expect(plan(projects, texts).unclassified).toEqual([
      { name: 'projects', reason: expect.stringContaining('needs more than SELECT') },
    ]);
  });
});
