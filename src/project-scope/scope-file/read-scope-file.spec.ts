import { SettingsError } from '../../config/settings.js';
import { readScopeFile } from './read-scope-file.js';

const read = (text: string) => readScopeFile(text, '/etc/app/projects.yaml', 'projects').get('default');

const whole = `
databases:
  default:
    root: companies
    name: title
    strict: true
    references:
      invoices.company_id: companies
      lines.invoice_no+year: invoices.no+year
    polymorphic:
      - { table: comments, type: on_type, id: on_id, tables: { invoice: invoices, 'App\\Client': clients.id } }
    json:
      - { table: settings, column: data, path: '$.items[*].id', references: invoices }
    follow: { links: [from_id] }
    shared: { currencies: the same for everybody }
    exclude: { jobs: of the framework }
    when_empty: { countries: of ISO 3166 }
`;

describe('the scope file', () => {
  it('says what belongs to a project where no foreign key does', () => {
    expect(read(whole)).toEqual({
      root: 'companies',
      rootSetting: 'HOLDFAST_PROJECT_TABLE',
      nameColumn: 'title',
      place: 'projects.yaml, line 5',
      strict: true,
      references: [
        {
          table: 'invoices',
          columns: ['company_id'],
          parent: 'companies',
          parentColumns: null,
          place: 'projects.yaml, line 8',
        },
        {
          table: 'lines',
          columns: ['invoice_no', 'year'],
          parent: 'invoices',
          parentColumns: ['no', 'year'],
          place: 'projects.yaml, line 9',
        },
        {
          table: 'comments',
          columns: ['on_id'],
          parent: 'invoices',
          parentColumns: null,
          when: { column: 'on_type', value: 'invoice' },
          place: 'projects.yaml, line 11',
        },
        {
          table: 'comments',
          columns: ['on_id'],
          parent: 'clients',
          parentColumns: ['id'],
          when: { column: 'on_type', value: 'App\\Client' },
          place: 'projects.yaml, line 11',
        },
      ],
      json: [
        {
          table: 'settings',
          column: 'data',
          path: '$.items[*].id',
          parent: 'invoices',
          parentColumns: null,
          place: 'projects.yaml, line 13',
        },
      ],
      follow: [{ table: 'links', columns: [['from_id']], place: 'projects.yaml, line 14' }],
      shared: [{ table: 'currencies', reason: 'the same for everybody', place: 'projects.yaml, line 15' }],
      exclude: [{ table: 'jobs', reason: 'of the framework', place: 'projects.yaml, line 16' }],
      whenEmpty: [{ table: 'countries', reason: 'of ISO 3166', place: 'projects.yaml, line 17' }],
    });
  });

  it('may be JSON, may be empty, and may leave a database out', () => {
    expect(read('{"databases":{"default":{"root":"teams"}}}')?.root).toBe('teams');
    expect(read('{"databases":{"default":{}}}')?.root).toBe('projects');
    expect(read('')).toBeUndefined();
    expect(read('databases: { other: { root: x } }')).toBeUndefined();
  });

  it.each([
    ['a key that nobody knows', 'databases:\n  default:\n    roots: companies', 3, /roots/],
    ['a wrong type', 'databases:\n  default:\n    strict: maybe', 3, /strict/],
    ['a wrong reason', 'databases:\n  default:\n    when_empty:\n      jobs: true', 4, /when_empty\.jobs/],
    ['an exclusion without a reason', "databases:\n  default:\n    exclude:\n      jobs: ''", 4, /why/],
    [
      'a reference without a column',
      'databases:\n  default:\n    references:\n      invoices: companies',
      4,
      /table\.column/,
    ],
    [
      'a pair without its tables',
      'databases:\n  default:\n    polymorphic:\n      - table: a\n        type: b\n        id: c',
      4,
      /tables/,
    ],
    [
      'a path that is none',
      'databases:\n  default:\n    json:\n      - table: a\n        column: b\n        path: items.id\n        references: c',
      6,
      /\$\.items\[\*\]\.id/,
    ],
    ['what is no YAML', 'databases:\n  default: [', 2, /./],
    ['a tab', 'databases:\n\tdefault: {}', 2, /./],
    ['a key twice', 'databases:\n  default:\n    root: a\n    root: b', 4, /unique/],
  ])('names the line of %s', (_, text, line, what) => {
    const fault = (() => {
      try {
        read(text);
      } catch (error) {
        return error;
      }
      return null;
    })();
    expect(fault).toBeInstanceOf(SettingsError);
    expect(String(fault)).toContain(`projects.yaml, line ${line}`);
    expect(String(fault)).toMatch(what);
  });
});
