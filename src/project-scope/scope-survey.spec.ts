import { table } from '../../test/factories/table-schema.js';
import type { TableSchema } from '../engines/rows.types.js';
import { discoverScope } from './discover.js';
import { rulesFor } from './scope-rules.types.js';
import { newsSince, surveyScope } from './scope-survey.js';

const rules = {
  ...rulesFor('projects'),
  exclude: [{ table: 'jobs', reason: 'of the framework', place: 'line 1' }],
};
const projects = table('projects', ['id int!', 'name text']);
const areas = table('areas', ['id int!', 'project_id int! > projects.id']);
const jobs = table('jobs', ['id int!']);
const survey = (...tables: TableSchema[]) => surveyScope({ tables }, discoverScope({ tables }, rules));
const accepted = survey(projects, areas, jobs);
const news = (...tables: TableSchema[]) => newsSince(accepted.tables, survey(...tables).tables);

describe('what was accepted of a scope', () => {
  it('is every table with its columns, its place and its path', () => {
    expect(accepted.tables).toEqual([
      {
        table: 'areas',
        place: 'owned',
        path: 'areas.project_id -> projects.id',
        columns: ['id', 'project_id'],
      },
      { table: 'jobs', place: 'excluded', path: null, columns: ['id'] },
      { table: 'projects', place: 'owned', path: 'projects.id', columns: ['id', 'name'] },
    ]);
  });

  it('has the same digest for the same plan only, in whatever order the tables come', () => {
    expect(survey(jobs, areas, projects).digest).toBe(accepted.digest);
    expect(survey(projects, areas, table('jobs', ['id int!', 'at text'])).digest).not.toBe(accepted.digest);
  });

  it('tells tables and columns that came since, of the project or not', () => {
    const wider = table('areas', ['id int!', 'project_id int! > projects.id', 'size int', 'note text']);
    const points = table('points', ['id int!', 'area_id int! > areas.id']);
    expect(news(projects, wider, table('jobs', ['id int!', 'owner int']), points)).toEqual([
      { table: 'areas', columns: ['note', 'size'], reason: 'new columns: note, size' },
      { table: 'jobs', columns: ['owner'], reason: 'new columns: owner' },
      { table: 'points', columns: [], reason: 'the table is new' },
    ]);
  });

  it('tells a table that is no longer the project’s though it is still there', () => {
    expect(news(projects, table('areas', ['id int!', 'project_id int!']), jobs)).toEqual([
      {
        table: 'areas',
        columns: [],
        reason: 'it was owned by areas.project_id -> projects.id and is unclassified now',
      },
    ]);
  });

  it('holds nothing against what went', () => {
    const points = table('points', ['id int!', 'area_id int! > areas.id', 'note text']);
    const before = survey(projects, areas, jobs, points).tables;
    const narrower = table('points', ['id int!', 'area_id int! > areas.id']);
    expect(newsSince(before, survey(projects, areas, jobs, narrower).tables)).toEqual([]);
    expect(newsSince(before, accepted.tables)).toEqual([]);
  });
});
